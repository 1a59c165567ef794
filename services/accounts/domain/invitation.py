"""An invitation to work in a clinic: a one-time code sent by e-mail, good for seven days."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.accounts.domain.account import Locale
from services.accounts.domain.membership import CouncilRegistration
from services.accounts.domain.staff_errors import INVITATION_CLOSED, INVITATION_TOO_SOON
from services.shared.kernel.principal import Role

LIFETIME = timedelta(days=7)
_BETWEEN_MAILS = timedelta(minutes=1)
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0 O 1 I, which people confuse
_LENGTH = 12  # of 32 characters: 60 random bits


class InvitationState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What is kept of the code is its keyed hash. A new mail carries a new code, and the one before is worth nothing.

    `totp_secret` is what the invited person's authenticator app will hold; it rests encrypted.
    """

    id: UUID
    clinic_id: UUID
    version: int
    state: InvitationState
    name: str
    email: str
    locale: Locale
    roles: frozenset[Role]
    registration: CouncilRegistration | None
    code_hash: bytes
    totp_secret: str
    invited_by: UUID
    sent_at: datetime
    expires_at: datetime
    account_id: UUID | None = None

    def is_open(self, now: datetime) -> bool:
        return self.state is InvitationState.OPEN and now < self.expires_at

    def sent_again(self, code_hash: bytes, now: datetime) -> "Invitation":
        self._must_be_open()
        if now - self.sent_at < _BETWEEN_MAILS:
            raise INVITATION_TOO_SOON.error()
        return self._next(code_hash=code_hash, sent_at=now, expires_at=now + LIFETIME)

    def withdrawn(self) -> "Invitation":
        self._must_be_open()
        return self._next(state=InvitationState.WITHDRAWN)

    def accepted(self, account_id: UUID) -> "Invitation":
        self._must_be_open()
        return self._next(state=InvitationState.ACCEPTED, account_id=account_id)

    def _must_be_open(self) -> None:
        if self.state is not InvitationState.OPEN:
            raise INVITATION_CLOSED.error()

    def _next(self, **changes: object) -> "Invitation":
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]


def new_invitation_code() -> str:
    """Return e.g. `7KQ2-M9XD-4TRW`."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return "-".join(letters[at : at + 4] for at in range(0, _LENGTH, 4))


def typed_invitation_code(text: str) -> str:
    """Return the code as it was issued, however it was typed: hyphens, blanks and case do not matter."""
    letters = "".join(character for character in text.upper() if character.isalnum())[: 2 * _LENGTH]
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
