"""A patient's number in one clinic, readable over a counter, e.g. `000123`."""

import re

_TYPED = re.compile(r"[0-9]{1,9}")
_DIGITS = 6


def record_number(ordinal: int) -> str:
    """Return the number of the clinic's `ordinal`-th record: six digits, more when they are used up."""
    return f"{ordinal:0{_DIGITS}d}"


def typed_record_number(text: str) -> str | None:
    """Return the number as stored when `text` is one, with or without its leading zeros; else None."""
    return record_number(int(text)) if _TYPED.fullmatch(text) else None
