"""Lets another program into the administrator's clinic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.accounts.application.machine_change import audit_client, must_be_confirmed
from services.accounts.application.ports import RepeatKey, Transactions
from services.accounts.application.queries.patient_access import clinic_of
from services.accounts.domain.form import Form
from services.accounts.domain.machine_client import (
    MachineClient,
    Secret,
    client_name,
    hash_secret,
    new_client_id,
    new_secret,
)
from services.accounts.domain.machine_errors import SECRET_SHOWN
from services.accounts.domain.machine_scopes import check_scopes
from services.shared.kernel.clock import Clock
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class ShownOnce:
    """`secret` exists here and with whoever reads the answer; what is kept is its hash."""

    client: MachineClient
    secret: str


class RegisterMachineClient:
    """An administrator who confirmed a moment ago names the program and chooses what it may do, from a closed list. Id
    and secret are made here; the secret is in this one answer and kept as a hash alone. A repeat with the same
    Idempotency-Key makes no second client and shows no secret (409 `accounts.secret_shown`): rotate if it was lost.
    The scopes of a client stay what they are; for others, register another one.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(
        self,
        name: str,
        scopes: Sequence[str],
        valid_for: timedelta,
        caller: Principal,
        repeat: RepeatKey,
        *,
        address: str | None,
    ) -> ShownOnce:
        now, clinic_id = self._clock.now(), clinic_of(caller)
        named, granted = _checked(name, scopes)
        secret, made = new_secret(), new_id()
        client = MachineClient(
            id=made,
            client_id=new_client_id(),
            current=Secret(hash_secret(secret), new_id(), now + valid_for),
            scopes=granted,
            clinic_id=clinic_id,
            name=named,
            created_at=now,
            created_by=caller.account_id,
        )
        async with self._transactions.write(clinic_id=clinic_id) as work:

            async def register() -> Mapping[str, Any]:
                await must_be_confirmed(work, caller, now)
                await work.machine_clients.add(client)
                await audit_client(work, caller, "client.register", made, now, address)
                return {"id": str(made)}

            answer = await work.once(caller, repeat, register)
        if UUID(answer["id"]) != made:
            raise SECRET_SHOWN.error(existing_id=answer["id"])
        return ShownOnce(client, secret)


def _checked(name: str, scopes: Sequence[str]) -> tuple[str, frozenset[str]]:
    form = Form()
    named = form.run("name", lambda: client_name(name))
    granted = form.run("scopes", lambda: check_scopes(scopes))
    form.finish()
    assert named is not None
    assert granted is not None
    return named, granted
