"""Relations in memory, held to the same contract tests as PostgreSQL."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.exam_results.application.ports import RecordedRelation, RelationKey, RelationRow
from services.exam_results.infrastructure.in_memory.memory import Memory
from services.shared.kernel.relations import Kind, Relation


class InMemoryCareRelations:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def add(self, recorded: RecordedRelation) -> None:
        self._memory.relations[recorded.relation.id, recorded.relation.clinic_id] = recorded

    async def put(self, recorded: RecordedRelation) -> bool:
        key = (recorded.relation.id, recorded.relation.clinic_id)
        known = self._memory.relations.get(key)
        if known is not None and known.version >= recorded.version:
            return False
        self._memory.relations[key] = recorded
        return True

    async def end_all_of(self, person_id: UUID, at: datetime) -> None:
        for key, known in self._memory.relations.items():
            relation = known.relation
            if person_id in {relation.person_id, relation.reader_id} and relation.ended_at is None:
                ended = replace(relation, ended_at=at)
                self._memory.relations[key] = replace(known, relation=ended, version=known.version + 1)

    async def end(self, relation_id: UUID, by: UUID, at: datetime) -> Relation | None:
        for key, known in self._memory.relations.items():
            relation = known.relation
            mine = by in {relation.person_id, known.made_by} and relation.kind is Kind.SHARED
            lasts = relation.ended_at is None and (relation.until is None or relation.until > at)
            if relation.id == relation_id and mine and lasts:
                ended = replace(relation, ended_at=at)
                self._memory.relations[key] = replace(known, relation=ended, version=known.version + 1)
                return ended
        return None


class InMemoryRelationReads:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def relations(self) -> list[Relation]:
        return [recorded.relation for recorded in self._memory.relations.values()]

    async def relations_to(self, reader_id: UUID, person_id: UUID) -> Sequence[Relation]:
        return [
            each
            for each in self.relations()
            if (each.reader_id, each.person_id, each.ended_at) == (reader_id, person_id, None)
        ]

    async def let_in(self, person_id: UUID, limit: int) -> Sequence[RelationRow]:
        return self._shown(
            recorded
            for recorded in self._memory.relations.values()
            if recorded.relation.person_id == person_id
            and recorded.relation.kind in {Kind.SHARED, Kind.EMERGENCY}
        )[:limit]

    async def shared_with(self, reader_id: UUID, at: datetime, limit: int) -> Sequence[RelationRow]:
        return self._shown(
            recorded
            for recorded in self._memory.relations.values()
            if recorded.relation.reader_id == reader_id
            and recorded.relation.kind is Kind.SHARED
            and recorded.relation.holds_at(at)
        )[:limit]

    async def emergencies(
        self, clinic_id: UUID, after: RelationKey | None, limit: int
    ) -> Sequence[RelationRow]:
        rows = self._shown(
            recorded
            for recorded in self._memory.relations.values()
            if recorded.relation.clinic_id == clinic_id and recorded.relation.kind is Kind.EMERGENCY
        )
        key = (after.starts_at, after.relation_id) if after else None
        return [row for row in rows if key is None or (row["starts_at"], row["relation_id"]) < key][:limit]

    def _shown(self, found: Iterable[RecordedRelation]) -> list[dict[str, Any]]:
        rows = [self._relation_row(recorded) for recorded in found]
        return sorted(rows, key=lambda row: (row["starts_at"], row["relation_id"]), reverse=True)

    def _relation_row(self, recorded: RecordedRelation) -> dict[str, Any]:
        memory, relation = self._memory, recorded.relation
        patient = memory.patients[recorded.patient_id][0] if recorded.patient_id in memory.patients else None
        reader = memory.professionals.get(relation.reader_id)
        laboratory = memory.laboratories.get(relation.clinic_id)
        exam = memory.exam(relation.exam_id) if relation.exam_id else None
        return {
            "relation_id": relation.id,
            "kind": relation.kind.value,
            "clinic_id": relation.clinic_id,
            "clinic_name": laboratory.name if laboratory else None,
            "person_id": relation.person_id,
            "patient_id": recorded.patient_id,
            "patient_name": (patient.social_name or patient.name) if patient else None,
            "record_number": patient.record_number if patient else None,
            "exam_id": relation.exam_id,
            "protocol": exam.facts.protocol if exam else None,
            "reader_id": relation.reader_id,
            "reader_name": reader[0].name if reader else None,
            "made_by": recorded.made_by,
            "reason": recorded.reason,
            "starts_at": relation.starts_at,
            "until": relation.until,
            "ended_at": relation.ended_at,
        }
