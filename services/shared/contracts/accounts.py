"""Events of accounts, on topic `accounts-events`. These alone carry identity, for the consumers' projections."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.shared.contracts.event_data import EventData

Sex = Literal["F", "M", "other", "unknown"]
Locale = Literal["pt-BR", "en"]


class ProxyData(BaseModel):
    """Who may see the account's exams: ids, scope and times. Each has a version of its own, so that consumers take it
    whatever the account's version is.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    proxy_id: UUID
    version: int
    kind: Literal["guardian", "granted"]
    reader_id: UUID
    sees: Literal["list", "values", "download"]
    starts_at: datetime
    until: datetime
    ended_at: datetime | None = None


class MessageChoiceData(BaseModel):
    """Whether messages that may be declined go out by a channel; as new as the account's version."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel: Literal["email", "sms"]
    allowed: bool


class AccountData(EventData):
    account_id: UUID
    clinic_id: UUID
    kind: Literal["patient", "staff"]
    roles: list[str]
    name: str
    sex: Sex | None = None
    birth_date: date | None = None
    email: str | None = None
    phone: str | None = None  # E.164
    sms_capable: bool = False  # SMS goes to mobile numbers only
    locale: Locale = "pt-BR"
    first_access: bool = False  # True while the person has set no password yet
    proxies: list[ProxyData] = Field(default_factory=list)  # those that changed; none is no word on any
    messages: list[MessageChoiceData] = Field(default_factory=list)  # what the person chose just now


class AccountCreated(AccountData):
    """A person got an account, or an existing person got a record in another clinic."""


class AccountUpdated(AccountData):
    """Contact, language or roles changed."""


class AccountDeleted(EventData):
    """The account is no more; told to each clinic that has a record of the person. Who it was is erased wherever no law
    keeps it, unless this clinic keeps it for a while (`identity_kept`): then it is told again when that ends.
    """

    account_id: UUID
    identity_kept: bool = False


class PatientRegistered(EventData):
    """A patient's record in one clinic was made or corrected, merged into another or taken out of it again.

    `person_id` is the person whom what is under this record belongs to now: of a merged record, the survivor's.
    """

    patient_id: UUID
    person_id: UUID
    record_number: str
    name: str
    social_name: str | None = None
    sex: Sex
    birth_date: date
    mother_name: str | None = None
    merged_into: UUID | None = None  # the record that stands for this one


class DoctorRegistered(EventData):
    """A professional (doctor or releaser) with council, number and UF."""

    doctor_id: UUID
    name: str
    council: str
    council_number: str
    council_uf: str
    verified: bool
    roles: list[str]
