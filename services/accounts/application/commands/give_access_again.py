"""Gives somebody access to the clinic again."""

from uuid import UUID

from services.accounts.application.ports import Transactions
from services.accounts.application.queries.patient_access import clinic_of
from services.accounts.application.staff_change import member_of, save_member, staff_entry
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Principal


class GiveAccessAgain:
    """With the roles and the council registration as they were, its verification included; the person signs in anew."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(self, account_id: UUID, caller: Principal, *, address: str | None) -> None:
        now = self._clock.now()
        async with self._transactions.write(clinic_id=clinic_of(caller), person_id=account_id) as work:
            member = await member_of(work, account_id, caller)
            await save_member(work, member.reactivated(), now)
            await work.audit(
                staff_entry(
                    caller, "staff.access_again", now, resource=f"staff/{account_id}", address=address
                )
            )
