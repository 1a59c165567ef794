"""A person asks to be erased: what is asked, what each clinic decides about its own record, and when it is done.

LGPD (Law 13.709/2018), art. 18, VI, and arts. 15 and 16: what nothing obliges us to keep is erased; what a law obliges
us to keep stays, and the person is told which law and until when.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.accounts.domain.erasure_errors import ERASURE_CLOSED, KEEP_UNTIL

WAITING = timedelta(
    days=7
)  # time to withdraw, for the person and against whoever holds the person's telephone
LONGEST_KEPT = timedelta(days=20 * 366)
ANONYMISED_NAME = "(dados apagados)"
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0 O 1 I, which people confuse
_LETTERS = 16  # of 32 characters: 80 random bits


class ErasureState(StrEnum):
    REQUESTED = "requested"
    WITHDRAWN = "withdrawn"
    DONE = "done"


class Decision(StrEnum):
    """About the identity on one clinic's record. Without a decision it is erased: silence keeps nobody's data."""

    PENDING = "pending"
    ERASE = "erase"
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordErasure:
    """One clinic's record. `account_id` is the record's own account: of a merged record, the duplicate's."""

    patient_id: UUID
    clinic_id: UUID
    account_id: UUID
    due_at: datetime
    decision: Decision = Decision.PENDING
    reason: str | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    done_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        return self.done_at is None and self.due_at <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """`receipt_code` opens the receipt once the account is gone; it names nobody."""

    id: UUID
    person_id: UUID
    receipt_code: str
    requested_at: datetime
    due_at: datetime
    records: tuple[RecordErasure, ...]
    state: ErasureState = ErasureState.REQUESTED
    withdrawn_at: datetime | None = None
    done_at: datetime | None = None

    def withdrawn(self, now: datetime) -> "Erasure":
        if self.state is not ErasureState.REQUESTED:
            raise ERASURE_CLOSED.error()
        return replace(self, state=ErasureState.WITHDRAWN, withdrawn_at=now)

    def decided(
        self, clinic_id: UUID, *, by: UUID, reason: str, until: datetime | None, now: datetime
    ) -> "Erasure":
        """Return it with the clinic's word on its own records: erase them, or keep the identity `until` a day.

        To keep needs a purpose that the law lets a controller keep data for (art. 16: an obligation, a claim); it ends
        by itself. The clinic may change its word until the request is carried out.
        """
        if self.state is not ErasureState.REQUESTED:
            raise ERASURE_CLOSED.error()
        if until is not None and not self.due_at < until <= now + LONGEST_KEPT:
            raise KEEP_UNTIL.error(field="until")
        decision = Decision.ERASE if until is None else Decision.KEEP
        return replace(
            self,
            records=tuple(
                replace(
                    record,
                    decision=decision,
                    reason=reason,
                    decided_by=by,
                    decided_at=now,
                    due_at=until or self.due_at,
                )
                if record.clinic_id == clinic_id
                else record
                for record in self.records
            ),
        )

    def carried_out(self, now: datetime) -> "Erasure":
        records = tuple(
            replace(record, done_at=now) if record.is_due(now) else record for record in self.records
        )
        return replace(self, state=ErasureState.DONE, done_at=self.done_at or now, records=records)


def new_receipt_code() -> str:
    """Return e.g. `7KQ2-M9XD-4TRW-HJ5B`."""
    return _grouped("".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS)))


def typed_receipt_code(text: str) -> str:
    """Return the code as it was issued, however it was typed: hyphens, blanks and case do not matter."""
    return _grouped("".join(letter for letter in text.upper() if letter.isalnum())[: 2 * _LETTERS])


def _grouped(letters: str) -> str:
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
