"""Another program that signs in with an id and a secret (OAuth 2.0 client credentials, RFC 6749 4.4)."""

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.accounts.domain.machine_errors import (
    CLIENT_ENDED,
    CLIENT_NAME_INVALID,
    NO_PREVIOUS_SECRET,
    ROTATION_OPEN,
)
from services.shared.kernel.ids import new_id

_LONGEST_NAME = 80
_MARK = "laudo_mcs_"  # lets scanners of source code and mail recognise one that leaked


class ClientState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Secret:
    """The secret is long and random, never chosen by a person: a plain SHA-256 keeps it.

    `session_id` is what tokens got with it carry as `sid`: to end it ends them. None for the installation's own
    clients and while the client is suspended. `until` None: it does not expire.
    """

    hash: bytes
    session_id: UUID | None = None
    until: datetime | None = None
    used_at: datetime | None = None

    def lasts(self, now: datetime) -> bool:
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class MachineClient:
    """A clinic's client acts inside that clinic; the installation's own, of no clinic, are our services."""

    id: UUID
    client_id: str
    current: Secret
    scopes: frozenset[str]
    previous: Secret | None = None
    clinic_id: UUID | None = None
    name: str = ""
    created_at: datetime | None = None
    created_by: UUID | None = None
    last_used_at: datetime | None = None
    suspended_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def state(self) -> ClientState:
        if self.ended_at is not None:
            return ClientState.ENDED
        return ClientState.SUSPENDED if self.suspended_at is not None else ClientState.ACTIVE

    @property
    def sessions(self) -> frozenset[UUID]:
        """The sessions whose tokens are good now."""
        kept = [each.session_id for each in (self.current, self.previous) if each is not None]
        return frozenset(session_id for session_id in kept if session_id is not None)

    def secret_like(self, typed: str, now: datetime) -> Secret | None:
        """Return which secret that works now was typed; both are compared, whatever the first says."""
        digest = hash_secret(typed)
        known = [each for each in (self.current, self.previous) if each is not None]
        like = [each for each in known if hmac.compare_digest(digest, each.hash)]
        works = self.state is ClientState.ACTIVE and like and like[0].lasts(now)
        return like[0] if works else None

    def previous_lasts(self, now: datetime) -> bool:
        return self.previous is not None and self.previous.lasts(now)

    def rotated(
        self, fresh: bytes, now: datetime, *, lasts: timedelta, overlap: timedelta
    ) -> "MachineClient":
        """Take a new secret. The one before works for `overlap` more, never past its own end; with none it ends now."""
        self._must_not_be_ended()
        if self.previous_lasts(now):
            raise ROTATION_OPEN.error()
        ends = now + overlap if self.current.until is None else min(now + overlap, self.current.until)
        session_id = new_id() if self.state is ClientState.ACTIVE else None
        return replace(
            self,
            current=Secret(fresh, session_id, now + lasts),
            previous=replace(self.current, until=ends) if ends > now else None,
        )

    def without_previous(self, now: datetime) -> "MachineClient":
        self._must_not_be_ended()
        if not self.previous_lasts(now):
            raise NO_PREVIOUS_SECRET.error()
        return replace(self, previous=None)

    def suspended(self, now: datetime) -> "MachineClient":
        """Twice is no error: the first time stays."""
        self._must_not_be_ended()
        return self._without_sessions(suspended_at=self.suspended_at or now)

    def resumed(self) -> "MachineClient":
        """Its secrets work again, with new sessions: the tokens of before do not come back to life."""
        self._must_not_be_ended()
        if self.state is ClientState.ACTIVE:
            return self
        previous = replace(self.previous, session_id=new_id()) if self.previous else None
        return replace(
            self, suspended_at=None, current=replace(self.current, session_id=new_id()), previous=previous
        )

    def ended(self, now: datetime) -> "MachineClient":
        self._must_not_be_ended()
        return self._without_sessions(ended_at=now)

    def _without_sessions(self, **changes: datetime) -> "MachineClient":
        previous = replace(self.previous, session_id=None) if self.previous else None
        current = replace(self.current, session_id=None)
        return replace(self, current=current, previous=previous, **changes)  # type: ignore[arg-type]

    def _must_not_be_ended(self) -> None:
        if self.ended_at is not None:
            raise CLIENT_ENDED.error()


def new_secret() -> str:
    """Return 256 random bits as text."""
    return _MARK + secrets.token_urlsafe(32)


def new_client_id() -> str:
    """Return an id that nobody chose, so that none looks like another's or like one of our own services'."""
    return f"integration-{secrets.token_hex(8)}"


def hash_secret(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def client_name(text: str) -> str:
    """Return the name as shown, in NFC with single spaces; raise `client_name_invalid`."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not 1 <= len(name) <= _LONGEST_NAME or not name.isprintable():
        raise CLIENT_NAME_INVALID.error(field="name")
    return name
