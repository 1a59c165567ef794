"""What becomes of each kind of data when a person is erased: the table a data protection officer approves.

Nothing of it is weighed case by case but the identity on a clinic's record (`erasure.Decision`); the rest follows
from the law. Sources: LGPD (Law 13.709/2018); Law 13.787/2018, art. 6 (a patient's record is kept for 20 years from its
last entry); CFM Resolution 1.821/2007, art. 8 (the same for records in digital form).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.accounts.domain.erasure import Decision, Erasure, ErasureState, RecordErasure

_RIGHT = "Lei 13.709/2018 (LGPD), art. 18, VI"
_KEPT_FOR_LAW = "Lei 13.709/2018 (LGPD), art. 16, I"
_RECORD = "Lei 13.787/2018, art. 6; Resolução CFM 1.821/2007, art. 8"
_CLAIM = "Lei 13.709/2018 (LGPD), art. 16, I; art. 7, VI"
_ACCOUNTABLE = "Lei 13.709/2018 (LGPD), arts. 6, X, 16, I e 37"
_PROOF = "Lei 13.709/2018 (LGPD), arts. 8, § 2, e 16, I"
RECORD_YEARS = 20


class Outcome(StrEnum):
    ERASED = "erased"
    ANONYMISED = "anonymised"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureItem:
    """`until` is the last day at the latest. `clinic_id` and `reason`: of the clinic that decided."""

    name: str
    outcome: Outcome
    basis: str
    until: date | None = None
    clinic_id: UUID | None = None
    reason: str | None = None
    done: bool = False


_ERASED = ("contact", "login", "sessions", "preferences", "drafts")
_ANONYMISED = ("notifications", "shares")


def items_of(erasure: Erasure) -> list[ErasureItem]:
    """Return every kind of data and what is done, or was done, with it."""
    done = erasure.state is ErasureState.DONE
    last = _years_after(erasure.requested_at.date(), RECORD_YEARS)
    return [
        *(ErasureItem(name=name, outcome=Outcome.ERASED, basis=_RIGHT, done=done) for name in _ERASED),
        *(
            ErasureItem(name=name, outcome=Outcome.ANONYMISED, basis=_RIGHT, done=done)
            for name in _ANONYMISED
        ),
        *_identities(erasure),
        ErasureItem(name="clinical_record", outcome=Outcome.KEPT, basis=_RECORD, until=last, done=done),
        ErasureItem(name="audit", outcome=Outcome.KEPT, basis=_ACCOUNTABLE, until=last, done=done),
        ErasureItem(name="consents", outcome=Outcome.KEPT, basis=_PROOF, until=last, done=done),
        ErasureItem(name="request", outcome=Outcome.KEPT, basis=_KEPT_FOR_LAW, until=last, done=done),
    ]


def _identities(erasure: Erasure) -> Iterator[ErasureItem]:
    """One line per clinic, however many records of the person were merged there."""
    by_clinic = {record.clinic_id: record for record in erasure.records}
    for clinic_id, record in by_clinic.items():
        yield _identity(clinic_id, record)


def _identity(clinic_id: UUID, record: RecordErasure) -> ErasureItem:
    kept = record.decision is Decision.KEEP and record.done_at is None
    return ErasureItem(
        name="identity",
        outcome=Outcome.KEPT if kept else Outcome.ERASED,
        basis=_CLAIM if kept else _RIGHT,
        until=record.due_at.date() if kept else None,
        clinic_id=clinic_id,
        reason=record.reason,
        done=record.done_at is not None,
    )


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 3, 1)
