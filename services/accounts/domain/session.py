"""A sign-in session: a family of refresh tokens, of which one alone is good at a time."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from services.accounts.domain.device import UNKNOWN, Device
from services.shared.kernel.principal import STEP_UP_LIFETIME

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=7)


class RefreshVerdict(Enum):
    ROTATED = "rotated"
    REUSED = "reused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Session:
    """`clinic_id` is the clinic a member of staff signed in to; None for patients."""

    id: UUID
    person_id: UUID
    clinic_id: UUID | None
    started_at: datetime
    last_used_at: datetime
    stepped_up_at: datetime | None = None
    revoked_at: datetime | None = None
    device: Device = UNKNOWN

    def is_open(self, now: datetime) -> bool:
        """Open until revoked, 12 hours without use, or 7 days old."""
        return self.revoked_at is None and now < self.last_used_at + IDLE and now < self.started_at + ABSOLUTE

    def proved_lately(self, now: datetime) -> bool:
        """True when the person signed in, or proved a second factor again, within the last five minutes."""
        return now - max(self.started_at, self.stepped_up_at or self.started_at) <= STEP_UP_LIFETIME

    def used(self, now: datetime) -> "Session":
        return replace(self, last_used_at=now)

    def stepped_up(self, now: datetime) -> "Session":
        return replace(self, stepped_up_at=now)

    def revoked(self, now: datetime) -> "Session":
        return replace(self, revoked_at=self.revoked_at or now)


def judge_refresh(session: Session, token_used_at: datetime | None, now: datetime) -> RefreshVerdict:
    """A token that comes a second time was stolen, by this caller or by the one before: the family must end."""
    if not session.is_open(now):
        return RefreshVerdict.ENDED
    return RefreshVerdict.REUSED if token_used_at is not None else RefreshVerdict.ROTATED
