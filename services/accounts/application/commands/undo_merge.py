"""Takes a merge back."""

from uuid import UUID

from services.accounts.application.merge_records import audit_merge, point, two_records
from services.accounts.application.ports import Transactions
from services.accounts.application.queries.patient_access import clinic_of
from services.accounts.application.staff_change import must_administrate
from services.accounts.domain.merge_errors import checked_reason
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


class UndoMerge:
    """One administrator is enough, with a reason: it only takes away what somebody may see. The record stands for
    itself again with all it had, and its exams go back to its own person.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(self, merge_id: UUID, reason: str, caller: Principal, *, address: str | None) -> None:
        why, now = checked_reason(reason), self._clock.now()
        async with self._transactions.write(clinic_id=clinic_of(caller)) as work:
            await must_administrate(work, caller)
            merge = await work.merges.get(merge_id)
            if merge is None:
                raise NOT_FOUND.error()
            undone = merge.undone(why, by=caller.account_id, now=now)
            _, duplicate = await two_records(work, undone.survivor_id, undone.duplicate_id)
            await point(work, duplicate, None, now)
            await work.merges.save(undone)
            await audit_merge(work, undone, "patient.merge_undo", caller, now, address)
