"""Decides a proposed merge."""

from uuid import UUID

from services.accounts.application.merge_records import audit_merge, must_be_mergeable, point, two_records
from services.accounts.application.ports import Transactions
from services.accounts.application.queries.patient_access import clinic_of
from services.accounts.application.staff_change import must_administrate
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


class DecideMerge:
    """An administrator who did not propose it has looked at both records. Merged, the duplicate points to the survivor
    and takes no exam any more; its exams stay under it and belong to the survivor's person, who sees both. Neither
    record loses anything. All that spoke against it when it was proposed is asked again.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(self, merge_id: UUID, caller: Principal, *, merge: bool, address: str | None) -> None:
        now = self._clock.now()
        async with self._transactions.write(clinic_id=clinic_of(caller)) as work:
            await must_administrate(work, caller)
            proposed = await work.merges.get(merge_id)
            if proposed is None:
                raise NOT_FOUND.error()
            decided = proposed.decided(merge=merge, by=caller.account_id, now=now)
            if merge:
                survivor, duplicate = await two_records(work, decided.survivor_id, decided.duplicate_id)
                await must_be_mergeable(work, survivor, duplicate)
                await point(work, duplicate, survivor, now)
            await work.merges.save(decided)
            action = "patient.merge" if merge else "patient.merge_refuse"
            await audit_merge(work, decided, action, caller, now, address)
