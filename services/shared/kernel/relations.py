"""Relations that let one person read another's exams, and the ages that bound a guardian's."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum
from uuid import UUID

OWN_ACCESS_AT = (
    12  # Statute of the Child and Adolescent (Law 8.069/1990), art. 2: adolescence begins at twelve
)
ADULT_AT = 18  # Civil Code (Law 10.406/2002), art. 5: legal age


class Kind(StrEnum):
    SHARED = "shared"  # with a doctor, by the patient or the requester
    EMERGENCY = "emergency"  # taken by a doctor, with a reason, for a short time
    GUARDIAN = "guardian"  # of a minor
    GRANTED = "granted"  # to an adult, by the patient


class Sees(IntEnum):
    """How far a relation reaches; each includes those before it."""

    LIST = 1
    VALUES = 2
    DOWNLOAD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """`exam_id` None: all of the person's exams in that clinic. `until` None: no end date of its own."""

    id: UUID
    kind: Kind
    clinic_id: UUID
    person_id: UUID
    reader_id: UUID
    starts_at: datetime
    exam_id: UUID | None = None
    sees: Sees = Sees.DOWNLOAD
    until: datetime | None = None
    ended_at: datetime | None = None

    def holds_at(self, now: datetime) -> bool:
        return self.starts_at <= now and self.ended_at is None and (self.until is None or now < self.until)


def years_reached(years: int, birth: date | None, today: date | None) -> bool | None:
    """Say whether somebody born on `birth` has that age on `today`; None when it cannot be known.

    Born on 29 February: in other years the age is reached on 1 March (Civil Code, art. 132, paragraph 3).
    """
    if birth is None or today is None:
        return None
    day = (birth.month, birth.day)
    if day == (2, 29) and not _is_leap(birth.year + years):
        day = (3, 1)
    return (today.year, today.month, today.day) >= (birth.year + years, *day)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
