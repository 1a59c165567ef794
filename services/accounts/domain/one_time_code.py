"""A six-digit code sent to the contact on file, good for ten minutes and five tries."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.accounts.domain.contact import Channel

LIFETIME = timedelta(minutes=10)
MOST_TRIES = 5
BETWEEN_CODES = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """What is kept of the codes sent at one request: a keyed hash for each channel, never the code. A code of its own
    went by each, so that the one typed says which contact reached the person. One row per person; a new one replaces
    the old.
    """

    person_id: UUID
    issued_at: datetime
    expires_at: datetime
    email_hash: bytes | None = None
    sms_hash: bytes | None = None
    tries: int = 0

    def hash_of(self, channel: Channel) -> bytes | None:
        return self.email_hash if channel == "email" else self.sms_hash

    def tried(self) -> "OneTimeCode":
        return replace(self, tries=self.tries + 1)

    def is_open(self, now: datetime) -> bool:
        return now < self.expires_at and self.tries < MOST_TRIES

    def allows_another(self, now: datetime) -> bool:
        """Codes are a minute apart, so that nobody's telephone is flooded; after five wrong tries, ten minutes,
        so that guessing through fresh codes stays hopeless.
        """
        pause = LIFETIME if self.tries >= MOST_TRIES else BETWEEN_CODES
        return now - self.issued_at >= pause


def new_code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"
