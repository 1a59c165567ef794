"""What every change of a machine client has in common: the confirmed administrator, the lock, the audit row."""

from datetime import datetime
from uuid import UUID

from services.accounts.application.ports import Work
from services.accounts.application.staff_change import must_administrate, staff_entry
from services.accounts.domain.machine_client import MachineClient
from services.accounts.domain.machine_errors import CONFIRM_FIRST
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


async def must_be_confirmed(work: Work, caller: Principal, now: datetime) -> None:
    """A secret opens the clinic to a program for months: only who administrates it now, and proved it a moment ago."""
    if not caller.stepped_up(now):
        raise CONFIRM_FIRST.error()
    await must_administrate(work, caller)


async def client_of(work: Work, client_id: UUID, caller: Principal, now: datetime) -> MachineClient:
    """Return the client of the caller's clinic, locked; another clinic's does not exist."""
    await must_be_confirmed(work, caller, now)
    client = await work.machine_clients.one(client_id)
    if client is None:
        raise NOT_FOUND.error()
    return client


async def audit_client(  # noqa: PLR0917
    work: Work, caller: Principal, action: str, client_id: UUID, now: datetime, address: str | None
) -> None:
    resource = f"machine-client/{client_id}"
    await work.audit(staff_entry(caller, action, now, resource=resource, address=address))
