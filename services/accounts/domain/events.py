"""What happened to people. Infrastructure turns these into the published events of the contracts."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.accounts.domain.account import Account, Locale
from services.accounts.domain.contact import Channel
from services.accounts.domain.membership import Membership
from services.accounts.domain.patient_record import PatientRecord
from services.accounts.domain.proxy import Proxy
from services.shared.kernel.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class AccountCreated(DomainEvent):
    """A person got an account, or an existing person got a record in one more clinic.

    Whoever signed up has neither record nor work yet: the home clinic is told.
    """

    account: Account
    patient: PatientRecord | None = None
    membership: Membership | None = None
    proxies: tuple[Proxy, ...] = ()  # those to be told with it, each with a version of its own


MessageChannel = Literal["email", "sms"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageChoice:
    """The person allowed or silenced the messages by one channel that may be declined."""

    channel: MessageChannel
    allowed: bool


@dataclass(frozen=True, kw_only=True)
class AccountUpdated(DomainEvent):
    """Language, contact, roles or readiness to sign in changed; told once to each of the person's clinics."""

    account: Account
    patient: PatientRecord | None = None
    membership: Membership | None = None
    proxies: tuple[Proxy, ...] = ()  # those to be told with it, each with a version of its own
    messages: MessageChoice | None = None  # None is no word on any channel


@dataclass(frozen=True, kw_only=True)
class AccountDeleted(DomainEvent):
    """The account is no more: nothing reaches the person under it and nothing is for it.

    Told to each clinic with a record (`clinic_id`), or to the home clinic. `identity_kept`: that clinic keeps who it
    was for a while; told again when that ends.
    """

    account: Account
    clinic_id: UUID | None = None
    identity_kept: bool = False


@dataclass(frozen=True, kw_only=True)
class PatientRegistered(DomainEvent):
    """A record was made or changed. `owner_id` is the person what is under it belongs to, where that is not the
    record's own: of a merged record, the survivor's.
    """

    record: PatientRecord
    owner_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class ProfessionalRegistered(DomainEvent):
    """A doctor or releaser, with council, number and UF."""

    membership: Membership


CodePurpose = Literal["first_access", "sign_in", "step_up", "password_reset", "record_link"]


@dataclass(frozen=True, kw_only=True)
class OneTimeCodeIssued(DomainEvent):
    """A code was made for a person who asked for one. A command, not an announcement: it is secret.

    It goes to the contacts of these channels alone.
    """

    account_id: UUID
    clinic_id: UUID
    code: str
    expires_at: datetime
    channels: tuple[Channel, ...]
    purpose: CodePurpose = "first_access"


@dataclass(frozen=True, kw_only=True)
class AddressedMessage(DomainEvent):
    """A security message to an address on no account's file. A command, not an announcement.

    `at` is the moment the text speaks of; after `useful_until` it is not sent any more.
    """

    recipient_id: UUID
    clinic_id: UUID
    template: Literal[
        "staff_invitation",
        "contact_code",
        "contact_changed",
        "account_exists",
        "erasure_requested",
        "factors_reset",
    ]
    channel: Channel
    address: str = field(repr=False)
    first_name: str = field(default="", repr=False)
    locale: Locale
    code: str | None = field(default=None, repr=False)
    at: datetime
    useful_until: datetime


@dataclass(frozen=True, kw_only=True)
class SignedInFromNewDevice(DomainEvent):
    """Somebody signed in from a device this account was not used on before. A command: tell the person."""

    account_id: UUID
    clinic_id: UUID
