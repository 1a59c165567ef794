"""Ends somebody's access to the clinic."""

from uuid import UUID

from services.accounts.application.ports import Transactions
from services.accounts.application.queries.patient_access import clinic_of
from services.accounts.application.staff_change import member_of, save_member, staff_entry
from services.accounts.domain.staffing import check_administrator_remains
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Principal


class EndAccess:
    """The person's sessions in this clinic end at once, and the others are told that the person has no role here any
    more; what was done stays under the person's name. Work in other clinics is not touched. The last administrator
    stays.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(self, account_id: UUID, caller: Principal, *, address: str | None) -> None:
        now, clinic_id = self._clock.now(), clinic_of(caller)
        async with self._transactions.write(clinic_id=clinic_id, person_id=account_id) as work:
            member = await member_of(work, account_id, caller)
            administrators = await work.memberships.active_administrators(clinic_id)
            check_administrator_remains(member, frozenset(), administrators)
            await save_member(work, member.deactivated(), now)
            await work.sessions.end_all(account_id, now, clinic_id=clinic_id)
            await work.audit(
                staff_entry(caller, "staff.access_end", now, resource=f"staff/{account_id}", address=address)
            )
