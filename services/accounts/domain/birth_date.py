"""Birth dates: days that existed, not in the future, not before 1900."""

import re
from datetime import date

from services.accounts.domain.errors import BIRTH_DATE_IN_FUTURE, BIRTH_DATE_TOO_OLD, DATE_INVALID

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST_YEAR = 1900


def parse_birth_date(text: str, today: date) -> date:
    """Return the date written as YYYY-MM-DD.

    `today` is the day in UTC: nowhere in Brazil is it later, so a child born today is never refused.
    """
    if not _ISO.fullmatch(text):
        raise DATE_INVALID.error(field="birth_date")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise DATE_INVALID.error(field="birth_date") from None
    if day > today:
        raise BIRTH_DATE_IN_FUTURE.error(field="birth_date")
    if day.year < _FIRST_YEAR:
        raise BIRTH_DATE_TOO_OLD.error(field="birth_date")
    return day
