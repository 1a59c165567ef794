"""Numbers as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.exam_results.domain.quantity import Quantity


@pytest.mark.parametrize(
    ("typed", "text"),
    [("13,5", "13.5"), ("13.50", "13.50"), (" 7 ", "7"), ("0", "0"), ("0,05", "0.05"), ("1,030", "1.030")],
)
def test_comma_and_point_are_read_and_the_digits_kept(typed: str, text: str) -> None:
    quantity = Quantity.parse(typed)
    assert quantity is not None
    assert quantity.text == text
    assert quantity.shown("pt-BR") == text.replace(".", ",")
    assert quantity.shown("en") == text


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "abc", "13,5 g", "1.234,5", "1,234.5", "1 234", "13,", ",5", ".5", "5.", "-1", "+1", "1e3", "1E3",
        "NaN", "nan", "inf", "Infinity", "0x10", "1_000", "007", "00", "1,2,3", "1..2", "१२", "１２", "٣", "²", "1\n",
        "\t1", "1\x00", "1234567890", "1,1234567", "9" * 400, "１３,５", "13\u00a0", "13−5", "½", "<5", ">90",
    ],
)  # fmt: skip
def test_what_is_not_plainly_one_number_is_refused(typed: str) -> None:
    assert Quantity.parse(typed) is None


@given(st.decimals(0, 999_999_999, places=3), st.sampled_from(",."))
def test_every_plain_decimal_comes_back_with_its_digits(number: Decimal, separator: str) -> None:
    quantity = Quantity.parse(format(number, "f").replace(".", separator))
    assert quantity is not None
    assert quantity.number == number
    assert quantity.number.as_tuple().exponent == number.as_tuple().exponent


@given(st.text(max_size=60))
def test_reading_never_fails_and_only_ascii_digits_are_numbers(typed: str) -> None:
    quantity = Quantity.parse(typed)
    if quantity is not None:
        assert set(quantity.text) <= set("0123456789.")
        assert quantity.number.is_finite()


def test_a_point_before_three_digits_reads_like_thousands() -> None:
    assert Quantity("1.234").reads_like_thousands
    assert not Quantity("1.23").reads_like_thousands
    assert not Quantity("1234").reads_like_thousands
