"""Something a person has asked for and has yet to confirm with the codes sent: ten minutes, five tries, once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.accounts.domain.one_time_code import BETWEEN_CODES, LIFETIME, MOST_TRIES


class Purpose(StrEnum):
    SIGN_UP = "sign_up"
    CONTACT = "contact"  # the person's own change
    DESK_CONTACT = "desk_contact"  # a change by staff, the old contact being lost
    RECORD_LINK = "record_link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """One per person and purpose; a new one replaces the old. `facts` rest encrypted; of each code its keyed hash is
    kept. `person_id` is the account's, or for a sign-up the one the account will have.
    """

    person_id: UUID
    purpose: Purpose
    facts: Mapping[str, str] = field(repr=False)
    code_hashes: tuple[bytes, ...] = field(repr=False)
    issued_at: datetime
    expires_at: datetime
    tries: int = 0

    def tried(self) -> "Confirmation":
        return replace(self, tries=self.tries + 1)

    def is_open(self, now: datetime) -> bool:
        return now < self.expires_at and self.tries < MOST_TRIES

    def allows_another(self, now: datetime) -> bool:
        """As for one-time codes: a minute apart, and after five wrong tries ten minutes."""
        pause = LIFETIME if self.tries >= MOST_TRIES else BETWEEN_CODES
        return now - self.issued_at >= pause
