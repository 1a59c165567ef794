"""In-memory stores of machine clients."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.accounts.domain.machine_client import MachineClient
from services.accounts.infrastructure.in_memory.stores import Store


class InMemoryMachineClientStore(Store):
    async def of_clinic(self, clinic_id: UUID, *, after: UUID | None, limit: int) -> Sequence[MachineClient]:
        found = [
            each
            for each in self.tables.machine_clients.values()
            if each.clinic_id == clinic_id == self.scope.clinic_id and (after is None or each.id < after)
        ]
        return sorted(found, key=lambda each: each.id, reverse=True)[:limit]

    async def one(self, client_id: UUID) -> MachineClient | None:
        found = self.tables.machine_clients.get(client_id)
        return found if found and self.scope.sees(clinic_id=found.clinic_id) else None

    async def add(self, client: MachineClient) -> None:
        assert client.clinic_id is not None
        self.scope.must_be_clinic(client.clinic_id)
        self.tables.machine_clients[client.id] = client

    async def change(self, before: MachineClient, after: MachineClient, now: datetime) -> None:
        if self.scope.sees(clinic_id=after.clinic_id):
            self.tables.machine_clients[after.id] = after
            self.tables.machine_sessions_ended |= dict.fromkeys(before.sessions - after.sessions, now)
