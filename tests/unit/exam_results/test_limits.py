"""Choosing a range by sex and age, and judging by it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.exam_results.domain.age import AgeSpan
from services.exam_results.domain.limits import (
    Applicability,
    CriticalLimits,
    Flag,
    Limits,
    ReferenceRange,
    judge,
    select,
)
from services.exam_results.domain.people import Sex
from tests.unit.exam_results.samples import CATALOGUE

D = Decimal
ANYONE = Applicability(AgeSpan.parse(["0d"]))
numbers = st.decimals(0, 1000, places=2)


def component(exam: str, code: str):  # type: ignore[no-untyped-def]
    definition = CATALOGUE.find(exam)
    assert definition
    return definition.component(code)


@pytest.mark.parametrize(
    ("sex", "birth", "lo", "hi"),
    [
        (Sex.FEMALE, date(2026, 11, 20), "14.5", "22.5"),  # the day of birth
        (Sex.FEMALE, date(2026, 11, 14), "14.5", "22.5"),  # 6 days
        (Sex.FEMALE, date(2026, 11, 13), "12.5", "21.5"),  # 7 days: the next span begins
        (Sex.MALE, date(2008, 11, 21), "13.0", "16.0"),  # 17, the day before the birthday
        (Sex.MALE, date(2008, 11, 20), "13.0", "17.5"),  # 18 today
        (Sex.FEMALE, date(2008, 11, 20), "12.0", "16.0"),
    ],
)
def test_haemoglobin_takes_the_range_of_sex_and_age_on_the_day_of_collection(
    sex: Sex, birth: date, lo: str, hi: str
) -> None:
    chosen = select(component("HEMO", "HGB").ranges, sex, birth, date(2026, 11, 20))
    assert chosen is not None
    assert (chosen.limits.lo, chosen.limits.hi) == (D(lo), D(hi))


@pytest.mark.parametrize("sex", [Sex.OTHER, Sex.UNKNOWN])
def test_a_person_of_no_recorded_sex_gets_no_range_of_one_sex(sex: Sex) -> None:
    assert select(component("HEMO", "HGB").ranges, sex, date(1988, 1, 1), date(2026, 11, 20)) is None


def test_a_child_never_falls_back_to_the_adults_range() -> None:
    assert select(component("CREA", "CREA").ranges, Sex.FEMALE, date(2020, 1, 1), date(2026, 11, 20)) is None


@given(st.sampled_from(list(Sex)), st.dates(date(1920, 1, 1), date(2026, 11, 20)))
def test_at_most_one_range_and_one_critical_limit_is_meant_for_anyone(sex: Sex, birth: date) -> None:
    on = date(2026, 11, 20)
    for exam in CATALOGUE.exams:
        for each in exam.components:
            assert sum(item.applies.holds(sex, birth, on) for item in each.ranges) <= 1, each.code
            assert sum(item.applies.holds(sex, birth, on) for item in each.criticals) <= 1, each.code


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        ("2.79", Flag.CRITICAL_LOW),
        ("2.8", Flag.LOW),
        ("3.49", Flag.LOW),
        ("3.5", Flag.NORMAL),
        ("5.1", Flag.NORMAL),
        ("5.11", Flag.HIGH),
        ("6.2", Flag.HIGH),
        ("6.21", Flag.CRITICAL_HIGH),
    ],
)
def test_limits_of_the_range_are_inside_and_critical_limits_are_not_yet_critical(
    value: str, flag: Flag
) -> None:
    critical = CriticalLimits(ANYONE, D("2.8"), D("6.2"))
    assert judge(D(value), Limits(lo=D("3.5"), hi=D("5.1")), critical) is flag


def test_strict_limits_are_outside_the_range() -> None:
    assert judge(D("190"), Limits(lt=D(190)), None) is Flag.HIGH
    assert judge(D("189.9"), Limits(lt=D(190)), None) is Flag.NORMAL
    assert judge(D("40"), Limits(gt=D(40)), None) is Flag.LOW
    assert judge(D("40.1"), Limits(gt=D(40)), None) is Flag.NORMAL


def test_without_a_range_there_is_no_flag_but_a_critical_value_stays_critical() -> None:
    assert judge(D(5), None, None) is None
    assert judge(D(5), None, CriticalLimits(ANYONE, lo=D(6))) is Flag.CRITICAL_LOW


@given(numbers, numbers, numbers)
def test_exactly_one_of_low_normal_high(value: Decimal, one: Decimal, other: Decimal) -> None:
    limits = Limits(lo=min(one, other), hi=max(one, other))
    expected = Flag.LOW if value < limits.lo else Flag.HIGH if value > limits.hi else Flag.NORMAL  # type: ignore[operator]
    assert judge(value, limits, None) is expected


@given(numbers, numbers)
def test_judging_never_gets_better_as_a_value_leaves_the_range_upwards(value: Decimal, more: Decimal) -> None:
    order = [Flag.CRITICAL_LOW, Flag.LOW, Flag.NORMAL, Flag.HIGH, Flag.CRITICAL_HIGH]
    limits, critical = Limits(lo=D(100), hi=D(300)), CriticalLimits(ANYONE, D(50), D(600))
    before, after = judge(value, limits, critical), judge(value + more, limits, critical)
    assert before is not None
    assert after is not None
    assert order.index(before) <= order.index(after)


def test_select_takes_any_sequence_of_applicable_things() -> None:
    only = ReferenceRange(ANYONE, Limits(lo=D(1)))
    assert select([only], Sex.UNKNOWN, date(2000, 1, 1), date(2026, 1, 1)) is only
