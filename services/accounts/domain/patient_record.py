"""A patient's record in one clinic. The same person has one in each clinic, and no clinic sees another's."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.accounts.domain.contact import Phone


class Sex(StrEnum):
    """Administrative sex, as laboratory ranges need it; not gender identity."""

    FEMALE = "F"
    MALE = "M"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """CPF may be absent (foreigners, newborns). `merged_into` is the record that stands for this one, when somebody
    found that both are of the same person; this one keeps all it has, so that the merge can be undone. `erased`: who it
    was is gone for good; what is under it is kept by law.
    """

    id: UUID
    clinic_id: UUID
    person_id: UUID
    version: int
    record_number: str
    name: str
    social_name: str | None
    birth_date: date
    sex: Sex
    mother_name: str | None
    cpf: str | None
    cns: str | None
    email: str | None
    phone: Phone | None
    merged_into: UUID | None = None
    erased: bool = False
