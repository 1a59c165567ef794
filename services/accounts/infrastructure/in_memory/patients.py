"""In-memory stores of patients' records and of their merges."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.accounts.application.patient_ports import DuplicateKey, PatientSearch
from services.accounts.domain.merge import Merge, MergeState
from services.accounts.domain.merge_errors import MERGE_OPEN
from services.accounts.domain.patient_record import PatientRecord
from services.accounts.infrastructure.in_memory.names import begins_words_of, search_text
from services.accounts.infrastructure.in_memory.stores import Store


class InMemoryPatients(Store):
    def _seen(self) -> list[PatientRecord]:
        return sorted(
            (
                record
                for record in self.tables.patients.values()
                if self.scope.sees(clinic_id=record.clinic_id, person_id=record.person_id)
            ),
            key=_by_name,
        )

    async def get(self, patient_id: UUID, *, lock: bool = False) -> PatientRecord | None:
        return next((record for record in self._seen() if record.id == patient_id), None)

    async def id_with_cpf(self, clinic_id: UUID, cpf: str) -> UUID | None:
        found = (record.id for record in self._seen() if record.clinic_id == clinic_id and record.cpf == cpf)
        return next(found, None)

    async def of_person(self, person_id: UUID) -> Sequence[PatientRecord]:
        return sorted((r for r in self._seen() if r.person_id == person_id), key=lambda record: record.id)

    async def alike(self, clinic_id: UUID, name: str, birth_date: date) -> Sequence[PatientRecord]:
        key = DuplicateKey(search_text(name), birth_date)
        found = [r for r in self._standing(clinic_id) if _key(r) == key]
        return sorted(found, key=lambda record: record.id)[:5]

    async def these(self, patient_ids: Sequence[UUID]) -> Sequence[PatientRecord]:
        return sorted((r for r in self._seen() if r.id in set(patient_ids)), key=lambda record: record.id)

    async def duplicate_key(self, patient_id: UUID) -> DuplicateKey | None:
        record = await self.get(patient_id)
        return _key(record) if record else None

    async def merged_into(self, patient_id: UUID) -> Sequence[UUID]:
        return sorted(r.id for r in self._seen() if r.merged_into == patient_id)

    async def duplicates(
        self, clinic_id: UUID, *, after: DuplicateKey | None, limit: int
    ) -> Sequence[Sequence[PatientRecord]]:
        groups: dict[DuplicateKey, list[PatientRecord]] = {}
        for record in sorted(self._standing(clinic_id), key=lambda record: record.id):
            groups.setdefault(_key(record), []).append(record)
        last = (after.sort_name, after.birth_date) if after else None
        keys = sorted((key.sort_name, key.birth_date) for key, group in groups.items() if len(group) > 1)
        shown = [key for key in keys if last is None or key > last][:limit]
        return [groups[DuplicateKey(*key)] for key in shown]

    def _standing(self, clinic_id: UUID) -> list[PatientRecord]:
        return [
            r for r in self._seen() if r.clinic_id == clinic_id and r.merged_into is None and not r.erased
        ]

    async def search(self, clinic_id: UUID, search: PatientSearch) -> Sequence[PatientRecord]:
        if search.record_number is not None:
            found = self._numbered(clinic_id, search.record_number)
        else:
            found = [r for r in self._standing(clinic_id) if _fits(r, search)]
        if search.after is not None:
            last = self.tables.patients.get(search.after)
            found = [r for r in found if last is not None and _by_name(r) > _by_name(last)]
        return found[: search.limit]

    def _numbered(self, clinic_id: UUID, number: str) -> list[PatientRecord]:
        """The number on an old label leads to the record that stands for it."""
        seen = [r for r in self._seen() if r.clinic_id == clinic_id and not r.erased]
        ids = {r.merged_into or r.id for r in seen if r.record_number == number}
        return [r for r in seen if r.id in ids]

    async def lock_cpf(self, cpf: str) -> None:
        """One transaction runs at a time here anyway."""

    async def next_ordinal(self, clinic_id: UUID) -> int:
        self.scope.must_be_clinic(clinic_id)
        ordinal = self.tables.counters.get(clinic_id, 0) + 1
        self.tables.counters[clinic_id] = ordinal
        return ordinal

    async def reserve_ordinal(self, clinic_id: UUID, ordinal: int) -> None:
        self.scope.must_be_clinic(clinic_id)
        self.tables.counters[clinic_id] = max(ordinal, self.tables.counters.get(clinic_id, 0))

    async def add(self, record: PatientRecord) -> None:
        self.scope.must_be_clinic(record.clinic_id)
        self.tables.patients[record.id] = record

    async def save(self, record: PatientRecord) -> None:
        await self.add(record)


def _key(record: PatientRecord) -> DuplicateKey:
    return DuplicateKey(search_text(record.name), record.birth_date)


def _by_name(record: PatientRecord) -> tuple[str, UUID]:
    return search_text(record.name), record.id


def _fits(record: PatientRecord, search: PatientSearch) -> bool:
    names = f"{record.name} {record.social_name or ''}"
    return (search.cpf is None or record.cpf == search.cpf) and (
        search.name is None or begins_words_of(search.name, names)
    )


class InMemoryMerges(Store):
    async def listed(self, clinic_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Merge]:
        found = [
            each
            for each in self.tables.merges.values()
            if each.clinic_id == clinic_id
            and self.scope.sees(clinic_id=each.clinic_id)
            and (after is None or each.id < after)
        ]
        return sorted(found, key=lambda each: each.id, reverse=True)[:limit]

    async def get(self, merge_id: UUID) -> Merge | None:
        found = self.tables.merges.get(merge_id)
        return found if found and self.scope.sees(clinic_id=found.clinic_id) else None

    async def add(self, merge: Merge) -> None:
        self.scope.must_be_clinic(merge.clinic_id)
        is_open = {MergeState.PROPOSED, MergeState.MERGED}
        if any(
            each.duplicate_id == merge.duplicate_id and each.state in is_open
            for each in self.tables.merges.values()
        ):
            raise MERGE_OPEN.error()
        self.tables.merges[merge.id] = merge

    async def save(self, merge: Merge) -> None:
        if self.scope.sees(clinic_id=merge.clinic_id):
            self.tables.merges[merge.id] = merge
