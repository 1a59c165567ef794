"""Corrections in memory, under the same walls as in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.accounts.domain.correction import Correction, CorrectionState
from services.accounts.domain.correction_errors import CORRECTION_OPEN
from services.accounts.infrastructure.in_memory.stores import OutOfScope, Store


class InMemoryCorrections(Store):
    def _seen(self) -> list[Correction]:
        seen = (
            each
            for each in self.tables.corrections.values()
            if self.scope.sees(clinic_id=each.clinic_id, person_id=each.person_id)
        )
        return sorted((self._shown(each) for each in seen), key=lambda each: each.id, reverse=True)

    def _shown(self, correction: Correction) -> Correction:
        """The record's key seals it, and goes when the identity is erased."""
        record = self.tables.patients.get(correction.patient_id)
        return replace(correction, facts=None) if record and record.erased else correction

    async def of_person(self, person_id: UUID) -> Sequence[Correction]:
        return [each for each in self._seen() if each.person_id == person_id][:100]

    async def open_ones(self, clinic_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Correction]:
        found = [
            each
            for each in self._seen()
            if each.clinic_id == clinic_id
            and each.state is CorrectionState.PROPOSED
            and (after is None or each.id < after)
        ]
        return found[:limit]

    async def get(self, correction_id: UUID) -> Correction | None:
        return next((each for each in self._seen() if each.id == correction_id), None)

    async def add(self, correction: Correction) -> None:
        if not self.scope.sees(clinic_id=correction.clinic_id, person_id=correction.person_id):
            raise OutOfScope
        key = (correction.patient_id, correction.field, CorrectionState.PROPOSED)
        if key in {(each.patient_id, each.field, each.state) for each in self.tables.corrections.values()}:
            raise CORRECTION_OPEN.error()
        self.tables.corrections[correction.id] = correction

    async def save(self, correction: Correction) -> None:
        if self.scope.sees(clinic_id=correction.clinic_id, person_id=correction.person_id):
            self.tables.corrections[correction.id] = correction
