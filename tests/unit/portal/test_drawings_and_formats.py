"""Range bars, dates, names and units."""

import re
from datetime import UTC, date, datetime

import pytest

from services.portal.application.documents import draft_report, signed_report
from services.portal.application.problems import ApiProblem, WrongField
from services.portal.application.value_entry import errors_by_code, rows, values_to_send
from services.portal.interface.http import formats, words
from services.portal.interface.http.range_bar import draw

RANGE = {"lo": "12.0", "hi": "16.0", "lt": None, "gt": None}


def _result(value: str | None, bounds: dict[str, str | None] | None, flag: str | None) -> dict[str, object]:
    return {"type": "quantity", "value": value, "range": bounds, "flag": flag}


def _x(drawing: str) -> float:
    found = re.search(r'class="range-value[^"]*" (?:cx="([\d.]+)"|points="([\d.]+))', drawing)
    assert found is not None
    return float(found[1] or found[2])


def test_the_mark_moves_with_the_value() -> None:
    places = [_x(draw(_result(value, RANGE, "N"), "x")) for value in ("12.0", "14", "16.0")]
    assert places == sorted(places)
    assert places[1] == 66.0  # the middle of the range is the middle of the drawing


@pytest.mark.parametrize("value", ["0", "999999", "-5"])
def test_a_value_far_outside_stays_in_the_drawing(value: str) -> None:
    assert 0 <= _x(draw(_result(value, RANGE, "HH"), "x")) <= 132


def test_outside_is_told_by_shape_and_words_not_colour_alone() -> None:
    assert "<circle" in draw(_result("14", RANGE, "N"), "Dentro")
    outside = draw(_result("11", RANGE, "L"), 'Abaixo "da" faixa')
    assert "<polygon" in outside
    assert 'aria-label="Abaixo &#34;da&#34; faixa"' in outside


@pytest.mark.parametrize(
    "bounds",
    [
        {"lo": None, "hi": "99", "lt": None, "gt": None},
        {"lo": None, "hi": None, "lt": "5.7", "gt": None},
        {"lo": None, "hi": None, "lt": None, "gt": "40"},
        {"lo": "0", "hi": "0", "lt": None, "gt": None},
    ],
)
def test_one_sided_ranges_are_drawn(bounds: dict[str, str | None]) -> None:
    drawing = draw(_result("5", bounds, "N"), "x")
    widths = [float(width) for width in re.findall(r'width="([\d.]+)"', drawing)]
    assert all(width > 0 for width in widths)


@pytest.mark.parametrize(
    "result",
    [
        _result("14", None, None),
        _result(None, RANGE, None),
        _result("NaN", RANGE, None),
        _result("abc", RANGE, None),
        _result("14", {"lo": None, "hi": None, "lt": None, "gt": None}, None),
        {"type": "coded", "value": "1", "range": RANGE, "flag": None},
    ],
)
def test_without_a_number_or_a_range_there_is_no_drawing(result: dict[str, object]) -> None:
    assert draw(result, "x") == ""


def test_moments_are_told_in_clinic_time() -> None:
    late = "2026-11-22T01:30:00Z"
    assert formats.moment(late, "pt-BR") == "21/11/2026 às 22:30"
    assert formats.moment(late, "en") == "21 Nov 2026, 22:30"
    assert formats.day(late, "pt-BR") == "21/11/2026"
    assert formats.day("2026-11-22", "en") == "22 Nov 2026"
    assert formats.day(None, "en") == formats.moment("", "en") == "—"


def test_what_is_typed_is_clinic_time() -> None:
    assert formats.from_local_input("2026-11-20T07:15") == "2026-11-20T07:15:00-03:00"
    assert formats.from_local_input("ontem") is None
    assert formats.local_input(datetime(2026, 11, 20, 2, 0, tzinfo=UTC)) == "2026-11-19T23:00"


def test_age_counts_birthdays() -> None:
    assert formats.age("2000-02-29", date(2026, 2, 28)) == 25
    assert formats.age("2000-02-29", date(2026, 3, 1)) == 26
    assert formats.age(None, date(2026, 3, 1)) is None


def test_waiting_is_never_negative() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert formats.waiting("2026-01-01T00:00:05Z", now, "en") == "0 seconds"
    assert formats.waiting("2025-12-31T21:00:00Z", now, "pt-BR") == "3 horas"
    assert formats.waiting(None, now, "en") == "—"


def test_a_title_goes_with_the_first_name() -> None:
    assert words.short_name("Dra. Beatriz Nogueira") == "Dra. Beatriz"
    assert words.short_name("Ana Lívia") == "Ana"
    assert words.initial("Dr. caio") == "C"
    assert words.short_name("Dr.") == "Dr."


def test_english_readers_get_units_in_their_writing() -> None:
    item = {"unit": "10*6/uL", "unit_display": "milhões/mm³"}
    assert words.unit(item, "pt-BR") == "milhões/mm³"
    assert words.unit(item, "en") == "10⁶/µL"
    assert words.unit({"unit": "g/dL", "unit_display": "g/dL"}, "en") == "g/dL"
    assert words.unit({"unit": None, "unit_display": None}, "en") == ""


def test_a_unit_that_is_not_printed_puts_no_digit_beside_the_value() -> None:
    for locale in ("pt-BR", "en"):
        assert words.unit({"unit": "1", "unit_display": None}, locale) == ""  # urine density: 1,020
        assert words.unit({"unit": "[pH]", "unit_display": None}, locale) == ""


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert words.known("en", "template", "ready") == "Result available"
    assert words.known("en", "template", "something_new") == "something_new"


def test_errors_find_their_rows() -> None:
    sent = values_to_send({"RBC": "4,2", "HGB": "", "HCT": "x"}, {"RBC": "10*6/uL"})
    assert sent == [{"code": "RBC", "value": "4,2", "unit": "10*6/uL"}, {"code": "HCT", "value": "x"}]
    wrong = (WrongField("values.1.value", "c", "not a number"), WrongField("values.HGB", "c", "missing"))
    errors = errors_by_code(ApiProblem(422, "invalid", errors=wrong), sent)
    assert errors == {"HCT": "not a number", "HGB": "missing"}
    assert errors_by_code(None, sent) == {}


def test_rows_stand_in_catalogue_order_even_before_a_value() -> None:
    part = {"name_pt": "a", "name_en": "a", "type": "quantity", "unit": "%", "unit_display": "%"}
    definition = {"components": [part | {"code": "A"}, part | {"code": "B", "derived_from": "A"}]}
    stored = part | {"code": "B", "value": "1.50", "flag": "N", "range": None}
    table = rows({"results": [stored]}, definition, typed=None, errors={}, warnings={}, decimal_comma=True)
    assert [(row.item["code"], row.typed, row.is_derived) for row in table] == [
        ("A", "", False),
        ("B", "1,50", True),
    ]


def _file(kind: str, version: int, created: str, *, replaced: bool = False) -> dict[str, object]:
    return {
        "kind": kind,
        "report_version": version,
        "created_at": created,
        "replaced": replaced,
        "id": created,
    }


def test_the_current_report_is_the_one_nothing_replaced() -> None:
    files = [
        _file("signed_report", 1, "2026-01-01", replaced=True),
        _file("signed_report", 2, "2026-01-02"),
        _file("draft_report", 3, "2026-01-03"),
    ]
    current, old, none = signed_report(files), signed_report(files, 1), signed_report(files, 9)
    assert current is not None
    assert current["report_version"] == 2
    assert old is not None
    assert old["report_version"] == 1
    assert none is None


def test_a_draft_made_before_the_last_completion_is_not_shown() -> None:
    files = [_file("draft_report", 1, "2026-01-01") | {"exam_version": 5}]
    assert draft_report(files, 5) is not None
    assert draft_report(files, 8) is None
