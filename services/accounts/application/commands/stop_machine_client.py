"""Suspends a machine client, lets it go on, or ends it for good."""

from uuid import UUID

from services.accounts.application.machine_change import audit_client, client_of
from services.accounts.application.ports import Transactions
from services.accounts.application.queries.patient_access import clinic_of
from services.accounts.domain.machine_client import ClientState
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Principal


class StopMachineClient:
    """Suspended or ended, it gets no token, and those it has are refused everywhere within about a second. Suspending
    can be undone: the secrets work again, tokens of before do not. Ended is for good; the client stays on the list,
    and what it did stays in the audit under its id. Suspending twice, and resuming what works, changes nothing.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def suspend(self, client_id: UUID, caller: Principal, *, address: str | None) -> None:
        now = self._clock.now()
        async with self._transactions.write(clinic_id=clinic_of(caller)) as work:
            before = await client_of(work, client_id, caller, now)
            if before.state is not ClientState.SUSPENDED:
                await work.machine_clients.change(before, before.suspended(now), now)
                await audit_client(work, caller, "client.suspend", client_id, now, address)

    async def resume(self, client_id: UUID, caller: Principal, *, address: str | None) -> None:
        now = self._clock.now()
        async with self._transactions.write(clinic_id=clinic_of(caller)) as work:
            before = await client_of(work, client_id, caller, now)
            if before.state is not ClientState.ACTIVE:
                await work.machine_clients.change(before, before.resumed(), now)
                await audit_client(work, caller, "client.resume", client_id, now, address)

    async def end(self, client_id: UUID, caller: Principal, *, address: str | None) -> None:
        now = self._clock.now()
        async with self._transactions.write(clinic_id=clinic_of(caller)) as work:
            before = await client_of(work, client_id, caller, now)
            await work.machine_clients.change(before, before.ended(now), now)
            await audit_client(work, caller, "client.end", client_id, now, address)
