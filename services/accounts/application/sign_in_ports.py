"""What signing in asks of the world besides: sessions, devices, passkeys, recovery codes, tickets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from services.accounts.domain.attempts import Attempts
from services.accounts.domain.events import SignedInFromNewDevice
from services.accounts.domain.one_time_code import OneTimeCode
from services.accounts.domain.passkey import Passkey
from services.accounts.domain.session import Session
from services.accounts.domain.ticket import Ticket
from services.shared.kernel.audit import AuditEntry

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NewPasskey:
    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]


class SessionReader(Protocol):
    async def open_ones(self, person_id: UUID, now: datetime) -> Sequence[Session]:
        """Return the person's sessions that are open, the one used last first."""
        ...


class SessionStore(SessionReader, Protocol):
    """A session that is saved as revoked is told to every verifier after the commit."""

    async def start(self, session: Session, token_hash: bytes) -> None: ...
    async def get(self, session_id: UUID) -> Session | None:
        """Return the session, locked until the transaction ends."""
        ...

    async def end_all(
        self, person_id: UUID, now: datetime, *, but: UUID | None = None, clinic_id: UUID | None = None
    ) -> int:
        """Revoke every open session of the person, or those in one clinic, except `but`; return how many."""
        ...

    async def by_token(self, token_hash: bytes) -> tuple[Session, datetime | None] | None:
        """Return the token's session and when the token was used, if it was. Both stay locked."""
        ...

    async def rotate(self, session: Session, used: bytes, fresh: bytes) -> None: ...
    async def save(self, session: Session) -> None: ...


@dataclass(frozen=True, slots=True)
class Opening:
    """What starting a session writes. `trace` is the device's; `warning` goes to the person when the device is new."""

    session: Session
    token_hash: bytes
    trace: bytes
    audit: AuditEntry
    warning: SignedInFromNewDevice | None = None


class DeviceReader(Protocol):
    async def knows(self, person_id: UUID, mark: bytes) -> bool: ...


class DeviceStore(DeviceReader, Protocol):
    """The devices on which a person signed in, by keyed hashes of the tokens that their browsers keep."""

    async def seen(self, person_id: UUID, mark: bytes, now: datetime) -> tuple[bool, bool]:
        """Remember the device; return whether it was known, and whether any was."""
        ...


class PasskeyReader(Protocol):
    async def of_person(self, person_id: UUID) -> Sequence[Passkey]:
        """Return the oldest first."""
        ...


class PasskeyStore(PasskeyReader, Protocol):
    async def by_credential(self, credential_id: bytes) -> Passkey | None:
        """Return the passkey, locked until the transaction ends."""
        ...

    async def add(self, passkey: Passkey) -> None:
        """Raise `passkey_known` when the credential is registered, by whomever."""
        ...

    async def save(self, passkey: Passkey) -> None:
        """Keep name, counter and last use."""
        ...

    async def remove(self, passkey_id: UUID) -> bool: ...


class RecoveryCodeStore(Protocol):
    async def replace(self, person_id: UUID, hashes: Sequence[bytes]) -> None:
        """Let these be the person's codes, and none before."""
        ...

    async def of_person(self, person_id: UUID) -> Sequence[bytes]:
        """Return the hashes of the codes that are left, in any order."""
        ...

    async def use(self, person_id: UUID, code_hash: bytes) -> bool:
        """Use up a code; True for one caller once, False for a code that is not, or no longer, there."""
        ...


class TicketStore(Protocol):
    async def get(self, token_hash: bytes) -> Ticket | None:
        """Return the ticket, locked until the transaction ends."""
        ...

    async def put(self, ticket: Ticket) -> None: ...
    async def remove(self, token_hash: bytes) -> bool:
        """True for the one caller who removed it."""
        ...

    async def codes_sent(
        self, person_id: UUID, device: bytes | None, since: datetime
    ) -> tuple[int, datetime | None]:
        """Return how many codes went out since then for this device (None: for no known one), and the last."""
        ...


class CodeStore(Protocol):
    async def get(self, person_id: UUID) -> OneTimeCode | None:
        """Return the person's code, locked until the transaction ends."""
        ...

    async def put(self, code: OneTimeCode) -> None: ...
    async def remove(self, person_id: UUID) -> None: ...


class AttemptLog(Protocol):
    """Failures in a row by an opaque key; each call is its own transaction, since a failure undoes its request's."""

    async def get(self, *keys: bytes) -> Sequence[Attempts]:
        """Return what is known of each key, in their order."""
        ...

    async def count_failure(self, now: datetime, *keys: bytes) -> None: ...
    async def clear(self, *keys: bytes) -> None: ...


class Authenticator(Protocol):
    def step_of(self, secret: str, code: str, now: datetime) -> int | None:
        """Return the time step within the window that `code` belongs to."""
        ...

    def new_secret(self) -> str:
        """Return 160 random bits in base32 (RFC 4226, 4, R6)."""
        ...

    def address_of(self, secret: str, account_name: str) -> str:
        """Return the `otpauth://` address that an app reads from a picture."""
        ...


class PasskeyCeremonies(Protocol):
    """WebAuthn. `credential` is the browser's answer as JSON (W3C Web Authentication Level 3, 5.1)."""

    def registration(self, person: UUID, name: str, known: Sequence[Passkey], challenge: bytes) -> Json: ...
    def registered(self, credential: Json, challenge: bytes) -> NewPasskey | None:
        """Return the new passkey, or None when the answer proves nothing."""
        ...

    def authentication(self, known: Sequence[Passkey], challenge: bytes, *, verify_user: bool) -> Json: ...
    def credential_id(self, credential: Json) -> bytes | None: ...
    def proved(
        self, credential: Json, challenge: bytes, passkey: Passkey, *, verify_user: bool
    ) -> int | None:
        """Return the new signature counter, or None when the answer proves nothing."""
        ...


class DeviceNames(Protocol):
    def name(self, user_agent: str) -> str:
        """Return browser and system, e.g. `Firefox, Linux`; empty when neither is recognised."""
        ...
