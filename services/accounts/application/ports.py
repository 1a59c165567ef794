"""What the use cases ask of the world: transactions over people's data, and the security devices.

A transaction opens in a scope: one clinic (staff), one person (the person's own sign-in and data), or both when a
registration touches both. The store shows and changes nothing outside it. What must be found before any scope is
known goes through `Directory`, which hands out ids and nothing else.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from services.accounts.application.audit_ports import AuditNames
from services.accounts.application.clinic_ports import ClinicReader, ClinicStore
from services.accounts.application.identity_ports import ConfirmationReader, ConfirmationStore
from services.accounts.application.machine_ports import MachineClientReader, MachineClientStore
from services.accounts.application.patient_ports import MergeReader, MergeStore, PatientReader, PatientStore
from services.accounts.application.proxy_ports import ProxyReader, ProxyStore
from services.accounts.application.rights_ports import RightsReading, RightsWork
from services.accounts.application.sign_in_ports import (
    CodeStore,
    DeviceReader,
    DeviceStore,
    Opening,
    PasskeyReader,
    PasskeyStore,
    RecoveryCodeStore,
    SessionReader,
    SessionStore,
    TicketStore,
)
from services.accounts.application.staff_ports import InvitationReader, InvitationStore, StaffReader
from services.accounts.domain.account import Account
from services.accounts.domain.attempts import Attempts
from services.accounts.domain.login import Login
from services.accounts.domain.membership import Membership
from services.accounts.domain.second_factor import Factor
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.events import DomainEvent
from services.shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a person signs in with. `totp_secret` is base32 and rests encrypted.

    `by_contact`: the person chose a code by e-mail and SMS as the second step. `stands_alone`: the password is long
    enough to be the only proof. `passkeys` and `recovery_codes_left`
    are counted by the store; saving changes neither.
    """

    person_id: UUID
    password_hash: str | None = None
    totp_secret: str | None = None
    last_totp_step: int | None = None
    by_contact: bool = False
    stands_alone: bool = True
    passkeys: int = 0
    recovery_codes_left: int = 0

    @property
    def factors(self) -> frozenset[Factor]:
        """What was set up."""
        found = {
            Factor.TOTP: self.totp_secret is not None,
            Factor.PASSKEY: self.passkeys > 0,
            Factor.RECOVERY_CODE: self.recovery_codes_left > 0,
        }
        return frozenset(factor for factor, is_there in found.items() if is_there)


@dataclass(frozen=True, slots=True)
class DoctorSearch:
    name: str | None = None
    after: UUID | None = None
    limit: int = 20


@dataclass(frozen=True, slots=True)
class RepeatKey:
    """The Idempotency-Key of a creating request, the route it came by and its body as it came."""

    key: str
    route: str
    request: bytes


class AccountReader(Protocol):
    async def get(self, account_id: UUID, *, lock: bool = False) -> Account | None: ...
    async def id_with_cpf(self, cpf: str, birth_date: date) -> UUID | None:
        """Return the person with this CPF whom some clinic has on record as born on this day: the id alone."""
        ...


class AccountStore(AccountReader, Protocol):
    async def add(self, account: Account) -> None: ...
    async def save(self, account: Account) -> None: ...
    async def release_login(self, login: Login, account_id: UUID) -> None:
        """Let the person's own `login` lead to nobody. The transaction is in the person's scope."""
        ...

    async def hand_over_logins(self, account_id: UUID, heir_id: UUID) -> None:
        """Let all logins of the person lead to another account. The transaction is in the person's scope."""
        ...

    async def claim_login(self, login: Login, account_id: UUID) -> bool:
        """Let `login` lead to the account; False when it leads to another (a family sharing an e-mail address)."""
        ...


class MembershipReader(StaffReader, Protocol):
    async def of_account(self, account_id: UUID) -> Sequence[Membership]:
        """Return the active memberships in scope, the oldest first."""
        ...

    async def doctors(self, clinic_id: UUID, search: DoctorSearch) -> Sequence[Membership]:
        """Return the clinic's active doctors by name, then id, found as patients are."""
        ...


class MembershipStore(MembershipReader, Protocol):
    async def add(self, membership: Membership) -> None: ...
    async def save(self, membership: Membership) -> None: ...
    async def lock_clinic(self, clinic_id: UUID) -> None:
        """Let one change of the clinic's staff run at a time, until the transaction ends."""
        ...

    async def active_administrators(self, clinic_id: UUID) -> int: ...


class CredentialReader(Protocol):
    async def get(self, person_id: UUID, *, lock: bool = False) -> Credentials | None: ...


class CredentialStore(CredentialReader, Protocol):
    async def save(self, credentials: Credentials) -> None: ...


class Reading(RightsReading, Protocol):
    """One transaction that changes nothing and can add nothing but its audit row."""

    @property
    def accounts(self) -> AccountReader: ...
    @property
    def patients(self) -> PatientReader: ...
    @property
    def memberships(self) -> MembershipReader: ...
    @property
    def credentials(self) -> CredentialReader: ...
    @property
    def sessions(self) -> SessionReader: ...
    @property
    def devices(self) -> DeviceReader: ...
    @property
    def passkeys(self) -> PasskeyReader: ...
    @property
    def clinics(self) -> ClinicReader: ...
    @property
    def proxies(self) -> ProxyReader: ...
    @property
    def invitations(self) -> InvitationReader: ...
    @property
    def confirmations(self) -> ConfirmationReader: ...
    @property
    def merges(self) -> MergeReader: ...
    @property
    def machine_clients(self) -> MachineClientReader: ...
    @property
    def audit_names(self) -> AuditNames: ...

    async def audit(self, entry: AuditEntry) -> None: ...


class Work(RightsWork, Protocol):
    """One transaction. It commits when its block ends well, events and audit with it; an exception undoes all."""

    @property
    def accounts(self) -> AccountStore: ...
    @property
    def patients(self) -> PatientStore: ...
    @property
    def memberships(self) -> MembershipStore: ...
    @property
    def credentials(self) -> CredentialStore: ...
    @property
    def sessions(self) -> SessionStore: ...
    @property
    def codes(self) -> CodeStore: ...
    @property
    def devices(self) -> DeviceStore: ...
    @property
    def passkeys(self) -> PasskeyStore: ...
    @property
    def recovery_codes(self) -> RecoveryCodeStore: ...
    @property
    def tickets(self) -> TicketStore: ...
    @property
    def clinics(self) -> ClinicStore: ...
    @property
    def proxies(self) -> ProxyStore: ...
    @property
    def invitations(self) -> InvitationStore: ...
    @property
    def confirmations(self) -> ConfirmationStore: ...
    @property
    def merges(self) -> MergeStore: ...
    @property
    def machine_clients(self) -> MachineClientStore: ...

    async def act_for(self, person_id: UUID) -> None:
        """Go on in another person's scope, in the same transaction: for what concerns two accounts of one person."""
        ...

    def record(self, *events: DomainEvent) -> None: ...
    async def audit(self, entry: AuditEntry) -> None: ...
    async def once(
        self, caller: Principal, repeat: RepeatKey, run: Callable[[], Awaitable[Mapping[str, Any]]]
    ) -> Mapping[str, Any]:
        """Run `run` once per caller and key, and give a repeat the first answer."""
        ...


class Transactions(Protocol):
    def read(
        self, *, clinic_id: UUID | None = None, person_id: UUID | None = None
    ) -> AbstractAsyncContextManager[Reading]: ...

    def write(
        self, *, clinic_id: UUID | None = None, person_id: UUID | None = None
    ) -> AbstractAsyncContextManager[Work]: ...

    async def open_session(self, opening: Opening, password_hash: str) -> bool:
        """Write all of it at once; False, and nothing written, when the person's password is not that one any more."""
        ...


@dataclass(frozen=True, slots=True)
class AtTheDoor:
    """What is known of a login's person before anything is proved. `failures` by the keys that were asked for."""

    account: Account | None
    credentials: Credentials | None
    knows_device: bool
    knows_any_device: bool
    failures: Mapping[bytes, Attempts]


class Directory(Protocol):
    """Narrow look-ups before any scope is known: exact keys in, ids out."""

    async def person_of_login(self, login: Login) -> UUID | None: ...
    async def at_the_door(
        self, login: Login, device: bytes, attempts: Sequence[bytes], nobody: UUID
    ) -> AtTheDoor:
        """Return what the login's person signs in with, whether the person knows the device of this trace, and the
        failures under these keys.

        Where the login is unknown, `nobody`, an id that is nobody's, takes the person's place in the same query.
        """
        ...

    async def person_of_refresh_token(self, token_hash: bytes) -> UUID | None: ...
    async def person_of_ticket(self, token_hash: bytes) -> UUID | None: ...
    async def person_of_passkey(self, credential_id: bytes) -> UUID | None: ...
    async def clinic_of_patient(self, patient_id: UUID) -> UUID | None: ...
    async def clinic_of_invitation(self, code_hash: bytes) -> UUID | None:
        """Return the clinic of the open invitation with this code."""
        ...


class IdentifierVault(Protocol):
    """Encrypts what identifies a person, and hashes it under a key for looking it up.

    `key` is the owner's own key, wrapped, as `new_key` made it; without one the installation's key seals.
    """

    def seal(self, value: str, *, purpose: str, owner: UUID, key: bytes | None = None) -> bytes: ...
    def open(self, sealed: bytes, *, purpose: str, owner: UUID, key: bytes | None = None) -> str:
        """Raise ValueError when `sealed` was altered, belongs to another purpose or owner, or its key is gone."""
        ...

    def new_key(self, owner: UUID) -> bytes: ...
    def needs_own_key(self, sealed: bytes) -> bool: ...

    def lookup(self, value: str, *, purpose: str) -> bytes: ...


class PasswordHasher(Protocol):
    async def hash(self, password: str) -> str: ...
    async def verify(self, password: str, stored: str | None) -> bool:
        """Take the same time whether `stored` is None (nobody, or no password yet: False), right or wrong."""
        ...

    def is_outdated(self, stored: str | None) -> bool:
        """True when it was hashed with other parameters than today's. Takes the same time for None."""
        ...
