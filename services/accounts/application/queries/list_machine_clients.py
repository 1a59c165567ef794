"""The programs that a clinic let in."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.accounts.application.ports import Transactions
from services.accounts.application.queries.patient_access import clinic_of
from services.accounts.domain.machine_client import MachineClient
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class ClientPage:
    clients: Sequence[MachineClient]
    next_after: UUID | None


class ListMachineClients:
    """All of the clinic's machine clients, ended ones included, the newest first. No secret is in it: none is kept."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def __call__(self, caller: Principal, *, after: UUID | None, limit: int) -> ClientPage:
        clinic_id = clinic_of(caller)
        async with self._transactions.read(clinic_id=clinic_id) as reading:
            found = await reading.machine_clients.of_clinic(clinic_id, after=after, limit=limit + 1)
        more = len(found) > limit
        found = found[:limit]
        return ClientPage(found, found[-1].id if more else None)

    async def one(self, client_id: UUID, caller: Principal) -> MachineClient:
        async with self._transactions.read(clinic_id=clinic_of(caller)) as reading:
            client = await reading.machine_clients.one(client_id)
        if client is None:
            raise NOT_FOUND.error()
        return client
