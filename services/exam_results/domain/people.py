"""The people of an exam, as much of them as this service needs to know."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class Sex(StrEnum):
    """Administrative sex, used for choosing ranges; not gender identity."""

    FEMALE = "F"
    MALE = "M"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient's record in one clinic; `person_id` is the one account behind all of a person's records, of a merged
    record the survivor's.
    """

    id: UUID
    clinic_id: UUID
    person_id: UUID
    record_number: str
    name: str
    social_name: str | None
    sex: Sex
    birth_date: date
    mother_name: str | None
    merged_into: UUID | None = None  # the record of the same person that stands for this one


@dataclass(frozen=True, slots=True)
class Professional:
    """A doctor or releaser with council, number and UF."""

    id: UUID
    clinic_id: UUID
    name: str
    council: str
    number: str
    uf: str
    verified: bool
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class TechnicalResponsible:
    name: str
    council: str
    number: str
    uf: str


@dataclass(frozen=True, slots=True)
class Laboratory:
    """The clinic as it stands at the head of its reports."""

    clinic_id: UUID
    name: str
    address: str
    phone: str
    cnes: str
    council_registration: str
    technical_responsible: TechnicalResponsible
    time_zone: str = "America/Sao_Paulo"
