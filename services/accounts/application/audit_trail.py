"""The audit rows of signing in and of changes to an account's security."""

from datetime import datetime
from uuid import UUID

from services.accounts.application.ports import Work
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.principal import Principal, Role


async def audit_security(
    work: Work, caller: Principal, action: str, now: datetime, *, address: str | None, resource: str = ""
) -> None:
    await audit_person(
        work,
        caller.account_id,
        action,
        now,
        address=address,
        resource=resource or f"account/{caller.account_id}",
        roles=caller.roles,
        clinic_id=caller.clinic_id,
    )


async def audit_person(
    work: Work,
    person_id: UUID,
    action: str,
    now: datetime,
    *,
    address: str | None,
    resource: str,
    roles: frozenset[Role] = frozenset(),
    clinic_id: UUID | None = None,
) -> None:
    entry = entry_of(
        person_id, action, now, address=address, resource=resource, roles=roles, clinic_id=clinic_id
    )
    await work.audit(entry)


def entry_of(
    person_id: UUID,
    action: str,
    now: datetime,
    *,
    address: str | None,
    resource: str,
    roles: frozenset[Role],
    clinic_id: UUID | None,
) -> AuditEntry:
    return AuditEntry(
        at=now,
        actor_id=person_id,
        actor_roles=tuple(sorted(roles)),
        action=action,
        clinic_id=clinic_id,
        resource=resource,
        purpose="authentication",
        address=address,
    )
