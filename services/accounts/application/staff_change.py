"""What every change of a clinic's staff has in common: the clinic, the lock, the events, the audit row."""

from datetime import datetime
from uuid import UUID

from services.accounts.application.ports import Work
from services.accounts.application.queries.patient_access import clinic_of
from services.accounts.domain.events import AccountUpdated, ProfessionalRegistered
from services.accounts.domain.membership import Membership
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.errors import FORBIDDEN, NOT_FOUND
from services.shared.kernel.principal import Principal, Role


async def member_of(work: Work, account_id: UUID, caller: Principal) -> Membership:
    """Return the member of the caller's clinic; one change of that clinic's staff runs at a time."""
    clinic_id = clinic_of(caller)
    await work.memberships.lock_clinic(clinic_id)
    await must_administrate(work, caller)
    member = await work.memberships.of_member(account_id, clinic_id, lock=True)
    if member is None:
        raise NOT_FOUND.error()
    return member


async def must_administrate(work: Work, caller: Principal) -> None:
    """Who lost the role is refused at once, whatever a token of minutes ago still says."""
    me = await work.memberships.of_member(caller.account_id, clinic_of(caller))
    if me is None or Role.ADMINISTRATOR not in me.roles_at_work:
        raise FORBIDDEN.error()


async def save_member(work: Work, member: Membership, now: datetime) -> None:
    """Save it and tell those who keep what they know of the person."""
    await work.memberships.save(member)
    account = await work.accounts.get(member.account_id, lock=True)
    assert account is not None, "a member of the clinic is seen by it"
    account = account.changed()
    await work.accounts.save(account)
    work.record(AccountUpdated(occurred_at=now, account=account, membership=member))
    if member.registration is not None:
        work.record(ProfessionalRegistered(occurred_at=now, membership=member))


def staff_entry(
    caller: Principal, action: str, now: datetime, *, resource: str, address: str | None
) -> AuditEntry:
    return AuditEntry(
        at=now,
        actor_id=caller.account_id,
        actor_roles=tuple(sorted(caller.roles)),
        action=action,
        clinic_id=clinic_of(caller),
        resource=resource,
        purpose="administration",
        address=address,
    )
