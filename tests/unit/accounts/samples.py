"""Invented people and an accounts service without servers, for tests of its rules."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import pyotp

from services.accounts.application.front_desk import Devices, FrontDesk, build_front_desk
from services.accounts.application.ports import Credentials
from services.accounts.domain.account import Account, AccountKind
from services.accounts.domain.clinic import Clinic
from services.accounts.domain.contact import Phone
from services.accounts.domain.demographics import TypedPatient
from services.accounts.domain.login import Login
from services.accounts.domain.membership import CouncilRegistration, Membership
from services.accounts.domain.patient_record import Sex
from services.accounts.infrastructure.in_memory.directory import (
    InMemoryAttemptLog,
    InMemoryDirectory,
    InMemoryErasureDirectory,
    InMemoryMachineClients,
)
from services.accounts.infrastructure.in_memory.security import InMemoryKeyCustody, QuickPasswordHasher
from services.accounts.infrastructure.in_memory.transactions import InMemoryTransactions
from services.accounts.infrastructure.keys.signing import (
    JoseTokenIssuer,
    KeyRing,
    SigningKey,
    new_signing_key,
)
from services.accounts.infrastructure.keys.vault import AesGcmVault
from services.accounts.infrastructure.reference_data.common_passwords import ShippedPasswordBlocklist
from services.accounts.infrastructure.reference_data.consent_texts import ShippedConsentTexts
from services.accounts.infrastructure.security.authenticator import TotpAuthenticator
from services.accounts.infrastructure.security.device_names import AgentDeviceNames
from services.accounts.infrastructure.security.passkeys import WebAuthnCeremonies
from services.shared.kernel.clock import FixedClock
from services.shared.kernel.events import DomainEvent
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role

ISSUER = "http://localhost:8080/api/v1/accounts"
PUBLIC_URL = "http://localhost:8080"
AUDIENCE = "laudo"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PASSWORD = "três palavras sem relação"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CLINIC_A = Clinic(UUID("0193a000-0000-7000-8000-00000000000a"), "Clínica A")
CLINIC_B = Clinic(UUID("0193a000-0000-7000-8000-00000000000b"), "Clínica B")
CPF_ANA, CPF_BENTO = "52998224725", "11144477735"


def in_memory_vault() -> AesGcmVault:
    custody = InMemoryKeyCustody()
    key_id = new_id()
    return AesGcmVault(
        {key_id: custody.new_data_key("identity")[0]}, key_id, custody.new_data_key("lookup")[0]
    )


@dataclass
class World:
    """Accounts with in-memory adapters and a clock that stands still."""

    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    transactions: InMemoryTransactions = field(default_factory=InMemoryTransactions)
    attempts: InMemoryAttemptLog = field(default_factory=InMemoryAttemptLog)
    hasher: QuickPasswordHasher = field(default_factory=QuickPasswordHasher)

    def __post_init__(self) -> None:
        self.clients = InMemoryMachineClients(self.transactions)
        self.devices = Devices(
            transactions=self.transactions,
            directory=InMemoryDirectory(self.transactions, self.attempts),
            erasure_directory=InMemoryErasureDirectory(self.transactions),
            machine_clients=self.clients,
            attempts=self.attempts,
            vault=in_memory_vault(),
            hasher=self.hasher,
            blocklist=ShippedPasswordBlocklist(),
            consent_texts=ShippedConsentTexts(),
            authenticator=TotpAuthenticator(),
            ceremonies=WebAuthnCeremonies(PUBLIC_URL),
            device_names=AgentDeviceNames(),
            issuer=JoseTokenIssuer(
                issuer=ISSUER, audience=AUDIENCE, keys=KeyRing([SigningKey(new_signing_key(), NOW)])
            ),
            clock=self.clock,
        )
        self.desk: FrontDesk = build_front_desk(self.devices)
        self.transactions.tables.clinics = {clinic.id: clinic for clinic in (CLINIC_A, CLINIC_B)}

    @property
    def events(self) -> list[DomainEvent]:
        return list(self.transactions.tables.events.values())

    @property
    def audited(self) -> list[str]:
        return [entry.action for entry in self.transactions.tables.audit.values()]

    def code(self, steps_ahead: int = 0) -> str:
        return pyotp.TOTP(SECRET).at(int(self.clock.now().timestamp()) + 30 * steps_ahead)

    async def staff(
        self,
        login: str = "medica@a.test",
        *roles: Role,
        clinic: Clinic = CLINIC_A,
        name: str = "Beatriz Prado",
    ) -> Principal:
        """Put a member of staff in place, ready to sign in."""
        chosen = frozenset(roles or (Role.DOCTOR,))
        account = an_account(AccountKind.STAFF, name, clinic, email=login)
        registration = CouncilRegistration("CRM", "123456", "SP", verified=True)
        async with self.transactions.write(clinic_id=clinic.id, person_id=account.id) as work:
            await work.accounts.add(account)
            await work.accounts.claim_login(Login.typed(login), account.id)
            await work.credentials.save(
                Credentials(account.id, await self.hasher.hash(PASSWORD), totp_secret=SECRET)
            )
            await work.memberships.add(Membership(account.id, clinic.id, 1, name, chosen, registration))
        return Principal(account.id, chosen, clinic.id)

    async def patient(self, login: str = "ana@a.test", *, clinic: Clinic = CLINIC_A) -> Account:
        """Put a patient with a password in place, ready to sign in."""
        account = an_account(AccountKind.PATIENT, "Ana Lima", clinic, email=login)
        async with self.transactions.write(clinic_id=clinic.id, person_id=account.id) as work:
            await work.accounts.add(account)
            await work.accounts.claim_login(Login.typed(login), account.id)
            await work.credentials.save(Credentials(account.id, await self.hasher.hash(PASSWORD)))
        return account


def an_account(kind: AccountKind, name: str, clinic: Clinic, *, email: str | None = None) -> Account:
    return Account(
        id=new_id(),
        version=1,
        kind=kind,
        name=name,
        birth_date=None,
        locale="pt-BR",
        email=email,
        phone=Phone("+5511912345678"),
        home_clinic_id=clinic.id,
        has_password=True,
        email_confirmed=email is not None,
        phone_confirmed=True,
    )


def typed_patient(**changes: object) -> TypedPatient:
    facts: dict[str, object] = {
        "name": "Ana Lima",
        "birth_date": "1988-02-17",
        "sex": Sex.FEMALE,
        "cpf": CPF_ANA,
        "email": "ana@example.com",
        "phone": "(11) 91234-5678",
    }
    return TypedPatient(**{**facts, **changes})  # type: ignore[arg-type]
