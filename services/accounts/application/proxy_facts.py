"""What every change of a proxy leaves behind: an audit row, and word to the person's clinics."""

from datetime import datetime
from uuid import UUID

from services.accounts.application.ports import Work
from services.accounts.domain.account import Account
from services.accounts.domain.events import AccountUpdated
from services.accounts.domain.proxy import Proxy
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.principal import Principal


async def tell_of_proxy(
    work: Work, account: Account, proxy: Proxy, now: datetime, clinic_id: UUID | None = None
) -> None:
    """Record one `AccountUpdated` for each of the person's clinics in scope, or for `clinic_id` alone."""
    for record in await work.patients.of_person(account.id):
        if clinic_id in {None, record.clinic_id}:
            work.record(AccountUpdated(occurred_at=now, account=account, patient=record, proxies=(proxy,)))


def proxy_entry(
    caller: Principal,
    action: str,
    now: datetime,
    proxy: Proxy,
    address: str | None,
    *,
    patient_id: UUID | None = None,
) -> AuditEntry:
    """`patient_id`: the record at whose desk it happened; the patient's own log is found by records."""
    return AuditEntry(
        at=now,
        actor_id=caller.account_id,
        actor_roles=tuple(sorted(caller.roles)),
        action=action,
        clinic_id=caller.clinic_id,
        patient_id=patient_id or proxy.person_id,
        resource=f"proxy/{proxy.id}",
        purpose="proxy",
        address=address,
    )
