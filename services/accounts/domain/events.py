"""What happened to people. Infrastructure turns these into the published events of the contracts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.accounts.domain.account import Account
from services.accounts.domain.membership import Membership
from services.accounts.domain.patient_record import PatientRecord
from services.accounts.domain.proxy import Proxy
from services.shared.kernel.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class AccountCreated(DomainEvent):
    """A person got an account, or an existing person got a record in one more clinic."""

    account: Account
    patient: PatientRecord | None = None
    membership: Membership | None = None
    proxies: tuple[Proxy, ...] = ()  # those to be told with it, each with a version of its own


@dataclass(frozen=True, kw_only=True)
class AccountUpdated(DomainEvent):
    """Language, contact, roles or readiness to sign in changed; told once to each of the person's clinics."""

    account: Account
    patient: PatientRecord | None = None
    membership: Membership | None = None
    proxies: tuple[Proxy, ...] = ()  # those to be told with it, each with a version of its own


@dataclass(frozen=True, kw_only=True)
class PatientRegistered(DomainEvent):
    record: PatientRecord


@dataclass(frozen=True, kw_only=True)
class ProfessionalRegistered(DomainEvent):
    """A doctor or releaser, with council, number and UF."""

    membership: Membership


CodePurpose = Literal["first_access", "sign_in", "step_up", "password_reset"]


@dataclass(frozen=True, kw_only=True)
class OneTimeCodeIssued(DomainEvent):
    """A code was made for a person who asked for one. A command, not an announcement: it is secret."""

    account_id: UUID
    clinic_id: UUID
    code: str
    expires_at: datetime
    purpose: CodePurpose = "first_access"


@dataclass(frozen=True, kw_only=True)
class SignedInFromNewDevice(DomainEvent):
    """Somebody signed in from a device this account was not used on before. A command: tell the person."""

    account_id: UUID
    clinic_id: UUID
