"""What the use cases ask of the store of patients' records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from services.accounts.domain.merge import Merge
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


@dataclass(frozen=True, slots=True)
class DuplicateKey:
    """A group of records alike: the name without accents and case, and the birth date."""

    sort_name: str
    birth_date: date


class PatientReader(Protocol):
    async def get(self, patient_id: UUID, *, lock: bool = False) -> PatientRecord | None: ...
    async def id_with_cpf(self, clinic_id: UUID, cpf: str) -> UUID | None: ...
    async def of_person(self, person_id: UUID) -> Sequence[PatientRecord]: ...
    async def search(self, clinic_id: UUID, search: PatientSearch) -> Sequence[PatientRecord]:
        """Return up to `limit` records by name, then id."""
        ...

    async def alike(self, clinic_id: UUID, name: str, birth_date: date) -> Sequence[PatientRecord]:
        """Return a few records that stand for themselves with the same birth date and, accents and case aside, the
        same name.
        """
        ...

    async def these(self, patient_ids: Sequence[UUID]) -> Sequence[PatientRecord]: ...
    async def duplicate_key(self, patient_id: UUID) -> DuplicateKey | None: ...
    async def merged_into(self, patient_id: UUID) -> Sequence[UUID]:
        """Return the records that the record stands for."""
        ...

    async def duplicates(
        self, clinic_id: UUID, *, after: DuplicateKey | None, limit: int
    ) -> Sequence[Sequence[PatientRecord]]:
        """Return groups of records alike, by name; `after` is the key of the last group of the page before."""
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


class MergeReader(Protocol):
    async def listed(self, clinic_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Merge]:
        """Return the clinic's merges, the newest first."""
        ...


class MergeStore(MergeReader, Protocol):
    async def get(self, merge_id: UUID) -> Merge | None:
        """Return it, locked until the transaction ends."""
        ...

    async def add(self, merge: Merge) -> None: ...
    async def save(self, merge: Merge) -> None: ...
