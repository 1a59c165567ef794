"""In-memory names behind the ids of the audit."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.accounts.application.audit_ports import KnownActor
from services.accounts.infrastructure.in_memory.stores import Store


class InMemoryAuditNames(Store):
    async def actors(self, clinic_id: UUID, ids: Sequence[UUID]) -> Sequence[KnownActor]:
        if not self.scope.sees(clinic_id=clinic_id):
            return []
        people = [
            KnownActor(each.account_id, each.name)
            for each in self.tables.memberships.values()
            if each.clinic_id == clinic_id and each.account_id in ids
        ]
        programs = [
            KnownActor(each.id, each.name, is_program=True)
            for each in self.tables.machine_clients.values()
            if each.clinic_id == clinic_id and each.id in ids
        ]
        return people + programs

    async def record_numbers(self, clinic_id: UUID, ids: Sequence[UUID]) -> Mapping[UUID, str]:
        return {
            each.id: each.record_number
            for each in self.tables.patients.values()
            if each.id in ids and each.clinic_id == clinic_id and self.scope.sees(clinic_id=clinic_id)
        }

    async def record_with(self, clinic_id: UUID, number: str) -> UUID | None:
        found = (
            each.id
            for each in self.tables.patients.values()
            if each.record_number == number
            and each.clinic_id == clinic_id
            and self.scope.sees(clinic_id=clinic_id)
        )
        return next(found, None)
