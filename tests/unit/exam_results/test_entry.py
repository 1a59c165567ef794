"""Reading a form of values: all that is wrong is said at once."""

import pytest

from services.exam_results.domain import errors
from services.exam_results.domain.entry import (
    AMBIGUOUS_SEPARATOR,
    UNUSUAL,
    Entry,
    TypedValue,
    read_entry,
)
from services.exam_results.domain.results import EnteredValue
from services.shared.kernel.errors import LaudoError
from tests.unit.exam_results.samples import BLOOD_COUNT, CATALOGUE, typed


def read(code: str, *values: TypedValue) -> Entry:
    definition = CATALOGUE.find(code)
    assert definition
    return read_entry(definition, values)


def faults(code: str, *values: TypedValue) -> list[tuple[str, str]]:
    with pytest.raises(LaudoError) as refused:
        read(code, *values)
    return [(each.field, each.kind.code) for each in refused.value.errors]


def test_a_blood_count_is_read_in_the_exams_own_order() -> None:
    definition = CATALOGUE.find("HEMO")
    assert definition
    entry = read_entry(definition, reversed(typed(BLOOD_COUNT)))
    assert [value.code for value in entry.values] == [part.code for part in definition.components]
    assert entry.values[1] == EnteredValue("HGB", "13.50", "g/dL")
    assert entry.warnings == ()


def test_every_wrong_field_is_named_and_nothing_is_kept() -> None:
    assert faults(
        "HEMO",
        TypedValue("HGB", "abc", "g/dL"),
        TypedValue("XXX", "1", None),
        TypedValue("WBC", "6,8", "mg/dL"),
        TypedValue("PLT", "251", "10*3/uL"),
        TypedValue("PLT", "252", "10*3/uL"),
        TypedValue("HCT", "412", "%"),
    ) == [
        ("values.0.value", errors.NOT_A_NUMBER.code),
        ("values.1.code", errors.UNKNOWN_COMPONENT.code),
        ("values.2.unit", errors.WRONG_UNIT.code),
        ("values.4.code", errors.DUPLICATE_COMPONENT.code),
        ("values.5.value", errors.IMPOSSIBLE_VALUE.code),
    ]


def test_the_printed_unit_is_as_good_as_the_ucum_code_but_none_is_not() -> None:
    assert read("HEMO", TypedValue("PLT", "251", "mil/mm³")).values[0].unit == "10*3/uL"
    assert faults("HEMO", TypedValue("PLT", "251", None)) == [("values.0.unit", errors.WRONG_UNIT.code)]


@pytest.mark.parametrize(
    ("code", "value", "unit"),
    [("HGB", "135", "g/dL"), ("HGB", "0,1", "g/dL"), ("HCT", "101", "%"), ("WBC", "6800", "10*3/uL")],
)
def test_a_slip_of_the_keyboard_is_impossible(code: str, value: str, unit: str) -> None:
    assert faults("HEMO", TypedValue(code, value, unit)) == [("values.0.value", errors.IMPOSSIBLE_VALUE.code)]


def test_what_truly_rises_a_thousandfold_is_only_warned_of() -> None:
    entry = read("BHCG", TypedValue("BHCG", "180000", "m[IU]/mL"))
    assert [(each.code, each.reason) for each in entry.warnings] == [("BHCG", UNUSUAL)]


def test_a_far_too_low_value_is_warned_of() -> None:
    entry = read("TSH", TypedValue("TSH", "0,01", "u[IU]/mL"))
    assert [each.reason for each in entry.warnings] == [UNUSUAL]


def test_a_point_before_three_digits_is_warned_of_unless_the_analyte_has_three_decimals() -> None:
    assert [each.reason for each in read("HEMO", TypedValue("PLT", "251.000", "10*3/uL")).warnings] == [
        AMBIGUOUS_SEPARATOR
    ]
    assert read("HEMO", TypedValue("PLT", "251,000", "10*3/uL")).warnings == ()
    assert read("EAS", TypedValue("UDENS", "1.020", "1")).warnings == ()


def test_coded_items_take_their_options_codes_only() -> None:
    assert read("HIV", TypedValue("HIV", "NR")).values[0].value == "NR"
    assert faults("HIV", TypedValue("HIV", "Não reagente")) == [("values.0.value", errors.NOT_AN_OPTION.code)]
    assert faults("HIV", TypedValue("HIV", "nr")) == [("values.0.value", errors.NOT_AN_OPTION.code)]


@pytest.mark.parametrize("text", ["", "   ", "a\x00b", "a\u202eb", "x" * 4001])
def test_text_items_refuse_nothing_and_control_characters(text: str) -> None:
    assert faults("EAS", TypedValue("UCOR", text)) == [("values.0.value", errors.TEXT_INVALID.code)]


def test_text_keeps_its_lines() -> None:
    assert read("UROC", TypedValue("UROC", " Linha 1\nLinha 2 ")).values[0].value == "Linha 1\nLinha 2"


def test_what_is_calculated_cannot_be_typed() -> None:
    assert faults("TFG", TypedValue("TFG", "90", "mL/min/{1.73_m2}")) == [
        ("values.0.code", errors.DERIVED_COMPONENT.code)
    ]
