"""From values to results: everything is copied in, nothing is guessed."""

from datetime import date
from decimal import Decimal

import pytest

from services.exam_results.domain.entry import read_entry
from services.exam_results.domain.evaluation import Subject, evaluate, missing
from services.exam_results.domain.kidney_function import estimate
from services.exam_results.domain.limits import Flag, Limits
from services.exam_results.domain.people import Sex
from services.exam_results.domain.results import Result, range_text
from services.shared.kernel.errors import LaudoError
from tests.unit.exam_results.samples import BLOOD_COUNT, CATALOGUE, typed

WOMAN = Subject(Sex.FEMALE, date(1988, 5, 17), date(2026, 11, 20))


def results(code: str, values: dict[str, str], subject: Subject = WOMAN) -> dict[str, Result]:
    definition = CATALOGUE.find(code)
    assert definition
    entry = read_entry(definition, typed(values, code))
    return {result.code: result for result in evaluate(definition, entry.values, subject)}


def test_a_blood_count_has_seventeen_results_and_none_is_missing() -> None:
    definition = CATALOGUE.find("HEMO")
    assert definition
    found = results("HEMO", BLOOD_COUNT)
    assert len(found) == 17
    assert missing(definition, found.values()) == ()
    haemoglobin = found["HGB"]
    assert (haemoglobin.value, haemoglobin.value_display_pt, haemoglobin.value_display_en) == (
        "13.50",
        "13,50",
        "13.50",
    )
    assert (haemoglobin.range_pt, haemoglobin.range_en) == ("12,0 a 16,0", "12.0 to 16.0")
    assert haemoglobin.flag is Flag.NORMAL


def test_without_a_range_it_says_so_and_sets_no_flag() -> None:
    found = results("HEMO", BLOOD_COUNT)["MPV"]
    assert (found.range, found.range_pt, found.range_en, found.flag) == (
        None,
        "sem faixa cadastrada",
        "no range on file",
        None,
    )


def test_decision_limits_are_printed_and_never_flagged() -> None:
    ldl = results("LIPID", {"LDL": "180"})["LDL"]
    assert ldl.flag is None
    assert ldl.bands[0].pt == "Meta risco baixo: menor que 115"
    assert len(ldl.bands) == 5


def test_coded_results_show_words_and_flag_what_is_not_normal() -> None:
    reactive = results("HIV", {"HIV": "R"})["HIV"]
    assert (reactive.value, reactive.value_display_pt, reactive.flag) == ("R", "Reagente", Flag.ABNORMAL)
    assert reactive.range_pt == "Não reagente"
    assert results("HIV", {"HIV": "NR"})["HIV"].flag is Flag.NORMAL


def test_kidney_function_is_derived_from_creatinine() -> None:
    found = results("TFG", {"CREA": "1,20"})
    assert found["TFG"].value == "59"
    assert found["TFG"].flag is Flag.LOW
    assert found["TFG"].unit_display == "mL/min/1,73m²"
    assert results("TFG", {"CREA": "0,60"})["TFG"].value == ">90"


@pytest.mark.parametrize(
    ("creatinine", "sex", "years", "rate"),
    [
        # Worked by hand from the published coefficients.
        ("1.0", Sex.MALE, 50, ">90"),
        ("1.5", Sex.MALE, 60, "53"),
        ("1.5", Sex.FEMALE, 60, "40"),
        ("0.7", Sex.FEMALE, 70, ">90"),
        ("4.0", Sex.MALE, 45, "18"),
    ],
)
def test_the_ckd_epi_2021_equation(creatinine: str, sex: Sex, years: int, rate: str) -> None:
    found = estimate(Decimal(creatinine), sex, years)
    assert found is not None
    assert found.text == rate


@pytest.mark.parametrize(("sex", "years"), [(Sex.OTHER, 40), (Sex.UNKNOWN, 40), (Sex.MALE, 17)])
def test_the_equation_is_not_stretched_to_whom_it_does_not_hold_for(sex: Sex, years: int) -> None:
    assert estimate(Decimal(1), sex, years) is None


def test_a_derivation_that_does_not_hold_is_refused_rather_than_left_out() -> None:
    child = Subject(Sex.FEMALE, date(2015, 1, 1), date(2026, 11, 20))
    with pytest.raises(LaudoError):
        results("TFG", {"CREA": "0,60"}, child)


@pytest.mark.parametrize(
    ("limits", "pt", "en"),
    [
        (Limits(hi=Decimal(32)), "até 32", "up to 32"),
        (Limits(lt=Decimal("5.7")), "menor que 5,7", "below 5.7"),
        (Limits(gt=Decimal(40)), "maior que 40", "above 40"),
        (Limits(lo=Decimal(60)), "a partir de 60", "from 60"),
        (
            Limits(lo=Decimal(100), lt=Decimal(126)),
            "a partir de 100 e menor que 126",
            "from 100 and below 126",
        ),
        (Limits(), "sem faixa cadastrada", "no range on file"),
    ],
)
def test_ranges_are_written_in_words(limits: Limits, pt: str, en: str) -> None:
    assert (range_text(limits, "pt-BR"), range_text(limits, "en")) == (pt, en)
