"""A patient's number in one clinic: readable, with a check digit, e.g. `000123-0`."""

import re

_TYPED = re.compile(r"([0-9]{6,9})-?([0-9])")


def record_number(ordinal: int) -> str:
    """Return the number of the clinic's `ordinal`-th record: six digits or more and a Luhn digit (ISO/IEC 7812)."""
    digits = f"{ordinal:06d}"
    return f"{digits}-{_luhn(digits)}"


def typed_record_number(text: str) -> str | None:
    """Return the number as stored when `text` is one, with or without its hyphen and rightly checked; else None."""
    match = _TYPED.fullmatch(text.strip())
    if not match or str(_luhn(match[1])) != match[2]:
        return None
    return f"{match[1]}-{match[2]}"


def _luhn(digits: str) -> int:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return -total % 10
