"""What the use cases ask of the store of patients' records."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.accounts.domain.patient_record import PatientRecord


@dataclass(frozen=True, slots=True)
class PatientSearch:
    """At most one of the criteria; none lists all. `after` is the last id of the page before.

    Every word of `name` must begin a word of the name or social name, accents and case aside.
    """

    name: str | None = None
    record_number: str | None = None
    cpf: str | None = None
    after: UUID | None = None
    limit: int = 20


class PatientReader(Protocol):
    async def get(self, patient_id: UUID) -> PatientRecord | None: ...
    async def id_with_cpf(self, clinic_id: UUID, cpf: str) -> UUID | None: ...
    async def of_person(self, person_id: UUID) -> Sequence[PatientRecord]: ...
    async def search(self, clinic_id: UUID, search: PatientSearch) -> Sequence[PatientRecord]:
        """Return up to `limit` records by name, then id."""
        ...


class PatientStore(PatientReader, Protocol):
    async def lock_cpf(self, cpf: str) -> None:
        """Let one registration of this CPF run at a time, in whatever clinic, until the transaction ends."""
        ...

    async def next_ordinal(self, clinic_id: UUID) -> int:
        """Return the clinic's next record number, as a plain number; none is given twice."""
        ...

    async def reserve_ordinal(self, clinic_id: UUID, ordinal: int) -> None:
        """Never give out `ordinal` or a lower one: it is in use."""
        ...

    async def add(self, record: PatientRecord) -> None: ...
    async def save(self, record: PatientRecord) -> None: ...
