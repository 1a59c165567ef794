"""Ages in days, months and years, half-open, by the civil code's way of counting."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.exam_results.domain.age import Age, AgeSpan, full_years

births = st.dates(date(1900, 1, 1), date(2030, 12, 31))
tokens = st.builds(lambda count, unit: f"{count}{unit}", st.integers(0, 130), st.sampled_from("dmy"))


@pytest.mark.parametrize(
    ("token", "birth", "reached"),
    [
        ("0d", date(2026, 5, 4), date(2026, 5, 4)),
        ("28d", date(2026, 2, 1), date(2026, 3, 1)),
        ("6m", date(2026, 1, 15), date(2026, 7, 15)),
        ("1m", date(2026, 1, 31), date(2026, 3, 1)),  # no 31 February: the next day
        ("1m", date(2026, 12, 31), date(2027, 1, 31)),
        ("18y", date(2008, 11, 22), date(2026, 11, 22)),
        ("1y", date(2024, 2, 29), date(2025, 3, 1)),  # art. 132, paragraph 3
        ("4y", date(2024, 2, 29), date(2028, 2, 29)),
    ],
)
def test_an_age_is_reached_on_the_same_day_or_the_next_that_exists(
    token: str, birth: date, reached: date
) -> None:
    assert Age.parse(token).reached_on(birth) == reached


@pytest.mark.parametrize("token", ["", "18", "y", "-1y", "1.5y", "18Y", "1 y", "१८y", "1w", "999999d"])
def test_a_token_that_is_no_age_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="age is written"):
        Age.parse(token)


def test_a_span_has_one_or_two_tokens() -> None:
    with pytest.raises(ValueError, match="one or two"):
        AgeSpan.parse(["1y", "2y", "3y"])


@given(births, tokens, tokens)
def test_a_span_holds_its_first_day_and_not_its_last(birth: date, start: str, end: str) -> None:
    span = AgeSpan.parse([start, end])
    first, last = Age.parse(start).reached_on(birth), Age.parse(end).reached_on(birth)
    assert span.holds(birth, first) is (first < last)
    assert not span.holds(birth, last)
    assert not span.holds(birth, first - timedelta(days=1))


@given(births, tokens)
def test_a_span_without_end_has_no_upper_limit(birth: date, start: str) -> None:
    span = AgeSpan.parse([start])
    first = Age.parse(start).reached_on(birth)
    assert span.holds(birth, first)
    assert span.holds(birth, first + timedelta(days=365 * 100))


@given(births, st.integers(0, 40_000))
def test_full_years_grow_by_one_on_each_birthday_and_never_otherwise(birth: date, days: int) -> None:
    on = birth + timedelta(days=days)
    years = full_years(birth, on)
    assert Age(years, "y").reached_on(birth) <= on < Age(years + 1, "y").reached_on(birth)
