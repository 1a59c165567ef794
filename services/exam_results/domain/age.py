"""Ages as the catalogue writes them: tokens of days, months or years, in half-open spans `[from, to)`.

An age of n months or years is reached on the same day of the month; where that day does not exist (31st, 29
February), on the next day that does: Brazilian Civil Code (Law 10.406/2002), art. 132, paragraph 3.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

_TOKEN = re.compile(r"([0-9]{1,5})([dmy])")
_MONTHS_IN_YEAR = 12


@dataclass(frozen=True, slots=True)
class Age:
    """`28d`, `6m` or `18y`."""

    count: int
    unit: Literal["d", "m", "y"]

    @staticmethod
    def parse(token: str) -> "Age":
        match = _TOKEN.fullmatch(token)
        if match is None:
            raise ValueError("an age is written like 28d, 6m or 18y")
        unit: Literal["d", "m", "y"] = "d" if match[2] == "d" else "m" if match[2] == "m" else "y"
        return Age(int(match[1]), unit)

    def reached_on(self, birth: date) -> date:
        """Return the first day on which a person born on `birth` has this age."""
        if self.unit == "d":
            return birth + timedelta(days=self.count)
        months = self.count * (_MONTHS_IN_YEAR if self.unit == "y" else 1)
        return _months_after(birth, months)


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, _MONTHS_IN_YEAR)
    try:
        return date(day.year + years, month + 1, day.day)
    except ValueError:  # that month has no such day: the next day is the first of the month after
        years, month = divmod(day.month + months, _MONTHS_IN_YEAR)
        return date(day.year + years, month + 1, 1)


@dataclass(frozen=True, slots=True)
class AgeSpan:
    """Ages from `start` (included) to `end` (excluded); no end means no upper limit."""

    start: Age
    end: Age | None = None

    @staticmethod
    def parse(tokens: list[str]) -> "AgeSpan":
        if len(tokens) not in {1, 2}:
            raise ValueError("an age span has one or two tokens")
        return AgeSpan(Age.parse(tokens[0]), Age.parse(tokens[1]) if len(tokens) == 2 else None)

    def holds(self, birth: date, on: date) -> bool:
        """True when a person born on `birth` is inside this span on the day `on`."""
        if on < self.start.reached_on(birth):
            return False
        return self.end is None or on < self.end.reached_on(birth)


def full_years(birth: date, on: date) -> int:
    """Return the completed years of age on the day `on`."""
    years = on.year - birth.year
    return years if on >= Age(years, "y").reached_on(birth) else years - 1
