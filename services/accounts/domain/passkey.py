"""A passkey: a WebAuthn credential (W3C Web Authentication Level 3) whose private half never leaves its device."""

import secrets
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.accounts.domain.errors import PASSKEY_NAME_INVALID

MOST_PASSKEYS = 20
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Passkey:
    """`sign_count` is 0 for passkeys that are synced between devices; else it must grow with every use."""

    id: UUID
    person_id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    transports: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None = None

    def used(self, sign_count: int, now: datetime) -> "Passkey":
        return replace(self, sign_count=sign_count, last_used_at=now)

    def renamed(self, name: str) -> "Passkey":
        return replace(self, name=passkey_name(name))


def passkey_name(text: str) -> str:
    """Return what the person calls it, in NFC with single spaces; 1 to 60 characters that can be seen."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not 1 <= len(name) <= _LONGEST_NAME or not name.isprintable():
        raise PASSKEY_NAME_INVALID.error(field="name")
    return name


def new_challenge() -> bytes:
    return secrets.token_bytes(32)
