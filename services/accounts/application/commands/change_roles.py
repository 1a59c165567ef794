"""Changes what somebody works as."""

from uuid import UUID

from services.accounts.application.ports import Transactions
from services.accounts.application.queries.patient_access import clinic_of
from services.accounts.application.staff_change import member_of, save_member, staff_entry
from services.accounts.domain.membership import CouncilRegistration
from services.accounts.domain.staffing import check_administrator_remains, check_own_roles, check_roles
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Principal, Role


class ChangeRoles:
    """Nobody gives roles to himself, and the last administrator keeps the role. A new council registration is
    unverified until somebody has compared it. Sessions in this clinic end, so that the old roles end with them.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(
        self,
        account_id: UUID,
        roles: frozenset[Role],
        registration: CouncilRegistration | None,
        caller: Principal,
        *,
        address: str | None,
    ) -> None:
        now, clinic_id = self._clock.now(), clinic_of(caller)
        async with self._transactions.write(clinic_id=clinic_id, person_id=account_id) as work:
            member = await member_of(work, account_id, caller)
            check_own_roles(member, roles, caller.account_id)
            check_roles(roles, registration or member.registration)
            check_administrator_remains(
                member, roles, await work.memberships.active_administrators(clinic_id)
            )
            await save_member(work, member.with_roles(roles, registration), now)
            if roles != member.roles:
                await work.sessions.end_all(account_id, now, clinic_id=clinic_id)
            await work.audit(
                staff_entry(
                    caller, "staff.roles_change", now, resource=f"staff/{account_id}", address=address
                )
            )
