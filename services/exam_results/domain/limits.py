"""Reference ranges, critical limits and decision bands: choosing them by sex and age, and judging a value by them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeVar

from services.exam_results.domain.age import AgeSpan
from services.exam_results.domain.people import Sex


class Flag(StrEnum):
    """HL7 v2 table 0078, the part that FHIR's observation interpretation keeps."""

    NORMAL = "N"
    LOW = "L"
    HIGH = "H"
    CRITICAL_LOW = "LL"
    CRITICAL_HIGH = "HH"
    ABNORMAL = "A"


@dataclass(frozen=True, slots=True)
class Limits:
    """`lo` and `hi` are included in the range, `lt` and `gt` are not."""

    lo: Decimal | None = None
    hi: Decimal | None = None
    lt: Decimal | None = None
    gt: Decimal | None = None

    def is_below(self, value: Decimal) -> bool:
        return (self.lo is not None and value < self.lo) or (self.gt is not None and value <= self.gt)

    def is_above(self, value: Decimal) -> bool:
        return (self.hi is not None and value > self.hi) or (self.lt is not None and value >= self.lt)

    def numbers(self) -> tuple[Decimal, ...]:
        return tuple(limit for limit in (self.lo, self.hi, self.lt, self.gt) if limit is not None)


@dataclass(frozen=True, slots=True)
class Applicability:
    """Whom a range is meant for; `sex` None means any."""

    age: AgeSpan
    sex: Sex | None = None

    def holds(self, sex: Sex, birth: date, on: date) -> bool:
        return (self.sex is None or self.sex is sex) and self.age.holds(birth, on)


@dataclass(frozen=True, slots=True)
class ReferenceRange:
    applies: Applicability
    limits: Limits


@dataclass(frozen=True, slots=True)
class CriticalLimits:
    """Critical below `lo` or above `hi`; the limits themselves are not yet critical."""

    applies: Applicability
    lo: Decimal | None = None
    hi: Decimal | None = None

    def judge(self, value: Decimal) -> Flag | None:
        if self.lo is not None and value < self.lo:
            return Flag.CRITICAL_LOW
        if self.hi is not None and value > self.hi:
            return Flag.CRITICAL_HIGH
        return None


@dataclass(frozen=True, slots=True)
class Band:
    """A clinical decision limit: printed beside the value, never turned into a flag."""

    limits: Limits
    pt: str
    en: str


class _Applicable(Protocol):
    @property
    def applies(self) -> Applicability: ...


_T = TypeVar("_T", bound=_Applicable)


def select(candidates: Iterable[_T], sex: Sex, birth: date, on: date) -> _T | None:
    """Return the one meant for this sex and age on the day of collection, or None.

    There is no falling back to another age or sex: without a match the report says so.
    """
    return next((each for each in candidates if each.applies.holds(sex, birth, on)), None)


def judge(value: Decimal, reference: Limits | None, critical: CriticalLimits | None) -> Flag | None:
    """Return the flag of a quantity; None when nothing on file lets us judge it."""
    if critical is not None and (flag := critical.judge(value)) is not None:
        return flag
    if reference is None:
        return None
    if reference.is_below(value):
        return Flag.LOW
    return Flag.HIGH if reference.is_above(value) else Flag.NORMAL
