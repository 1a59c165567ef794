"""A ticket: what has been proved so far between two steps of one errand, under a token that its bearer alone has.

The password was right and a second factor is awaited; a reset was asked for; a passkey was challenged. Tickets end
soon, serve one errand, and carry at most one code, challenge or secret at a time.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

CODE_LIFETIME = timedelta(minutes=10)
MOST_TRIES = 5
BETWEEN_CODES = timedelta(seconds=60)
MOST_CODES_AN_HOUR = 5


class Errand(StrEnum):
    SIGN_IN = "sign_in"
    PASSKEY_SIGN_IN = "passkey_sign_in"  # passwordless: nobody is known yet
    STEP_UP = "step_up"
    RESET = "password_reset"
    TOTP = "totp"
    PASSKEY = "passkey"


LIFETIME = {
    Errand.SIGN_IN: timedelta(minutes=15),
    Errand.PASSKEY_SIGN_IN: timedelta(minutes=5),
    Errand.STEP_UP: timedelta(minutes=10),
    Errand.RESET: CODE_LIFETIME,  # its code comes by SMS too (SP 800-63B-4, 4.2.1.2; ASVS 5.0, 6.5.5)
    Errand.TOTP: timedelta(minutes=15),
    Errand.PASSKEY: timedelta(minutes=5),
}


@dataclass(frozen=True, slots=True)
class Ticket:
    """What is kept of a ticket is the hash of its token. `secret` (an authenticator's, not yet confirmed) rests
    encrypted; `code_hash` is keyed. `person_id` is nobody's where a stranger typed a login that does not exist.
    """

    token_hash: bytes
    person_id: UUID
    errand: Errand
    created_at: datetime
    expires_at: datetime
    clinic_id: UUID | None = None
    session_id: UUID | None = None
    device: bytes | None = None
    code_hash: bytes | None = None
    code_sent_at: datetime | None = None
    codes_sent: int = 0
    tries: int = 0
    challenge: bytes | None = None
    secret: str | None = None
    proved: bool = False

    def is_open(self, now: datetime, errand: Errand) -> bool:
        return self.errand is errand and now < self.expires_at

    def takes_code(self, now: datetime) -> bool:
        """A code is good for ten minutes and five tries, whoever types it."""
        if self.code_hash is None or self.code_sent_at is None or self.tries >= MOST_TRIES:
            return False
        return now < self.code_sent_at + CODE_LIFETIME

    def with_code(self, code_hash: bytes, now: datetime) -> "Ticket":
        return replace(self, code_hash=code_hash, code_sent_at=now, codes_sent=self.codes_sent + 1, tries=0)

    def tried(self) -> "Ticket":
        return replace(self, tries=self.tries + 1)

    def challenged(self, challenge: bytes) -> "Ticket":
        return replace(self, challenge=challenge)

    def holding(self, secret: str) -> "Ticket":
        return replace(self, secret=secret, tries=0)

    def was_proved(self) -> "Ticket":
        return replace(self, proved=True, code_hash=None, challenge=None, tries=0)


def new_ticket(token_hash: bytes, person_id: UUID, errand: Errand, now: datetime) -> Ticket:
    return Ticket(token_hash, person_id, errand, now, now + LIFETIME[errand])


def wait_before_sending(sent: int, last: datetime | None, now: datetime) -> timedelta:
    """Codes are a minute apart and five an hour, so that nobody's telephone is flooded; zero: send.

    `sent` and `last` tell of one person's codes of the last hour, asked for by one device that the person has used
    before, or by all others together: a stranger's errands never use up what the owner's own device may ask for.
    """
    if last is None:
        return timedelta(0)
    ends = last + (timedelta(hours=1) if sent >= MOST_CODES_AN_HOUR else BETWEEN_CODES)
    return max(timedelta(0), ends - now)
