"""Gives a machine client a new secret, and ends the one before."""

from datetime import timedelta
from uuid import UUID

from services.accounts.application.commands.register_machine_client import ShownOnce
from services.accounts.application.machine_change import audit_client, client_of
from services.accounts.application.ports import Transactions
from services.accounts.application.queries.patient_access import clinic_of
from services.accounts.domain.machine_client import hash_secret, new_secret
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Principal


class RotateClientSecret:
    """The new secret is in this one answer. The one before goes on working for the overlap, so that the program is
    never without one, and no longer than its own end; without an overlap it ends now, and its tokens with it. While a
    previous one still works there is no third (409 `accounts.rotation_open`): what uses it would stop unforeseen.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(
        self,
        client_id: UUID,
        caller: Principal,
        *,
        valid_for: timedelta,
        overlap: timedelta,
        address: str | None,
    ) -> ShownOnce:
        now, secret = self._clock.now(), new_secret()
        async with self._transactions.write(clinic_id=clinic_of(caller)) as work:
            before = await client_of(work, client_id, caller, now)
            after = before.rotated(hash_secret(secret), now, lasts=valid_for, overlap=overlap)
            await work.machine_clients.change(before, after, now)
            await audit_client(work, caller, "client.rotate", client_id, now, address)
        return ShownOnce(after, secret)

    async def end_previous(self, client_id: UUID, caller: Principal, *, address: str | None) -> None:
        """The previous secret and the tokens got with it are worth nothing from now on."""
        now = self._clock.now()
        async with self._transactions.write(clinic_id=clinic_of(caller)) as work:
            before = await client_of(work, client_id, caller, now)
            await work.machine_clients.change(before, before.without_previous(now), now)
            await audit_client(work, caller, "client.end_previous", client_id, now, address)
