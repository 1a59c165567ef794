"""Proposes that two records of the clinic are of the same person."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.accounts.application.merge_records import audit_merge, must_be_mergeable, two_records
from services.accounts.application.ports import RepeatKey, Transactions
from services.accounts.application.queries.patient_access import clinic_of
from services.accounts.domain.merge import Merge, MergeState
from services.accounts.domain.merge_errors import MERGE_SAME, checked_reason
from services.shared.kernel.clock import Clock
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal


class ProposeMerge:
    """Nothing changes yet: an administrator who did not propose it decides. Refused at once where CPF, CNS, birth date
    or sex differ, where one of the two is merged already, and where the record that has a CPF would not remain.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(
        self,
        survivor_id: UUID,
        duplicate_id: UUID,
        reason: str,
        caller: Principal,
        repeat: RepeatKey,
        *,
        address: str | None,
    ) -> Mapping[str, Any]:
        if survivor_id == duplicate_id:
            raise MERGE_SAME.error(field="duplicate_id")
        why, clinic_id = checked_reason(reason), clinic_of(caller)
        async with self._transactions.write(clinic_id=clinic_id) as work:

            async def propose() -> Mapping[str, Any]:
                now = self._clock.now()
                survivor, duplicate = await two_records(work, survivor_id, duplicate_id)
                await must_be_mergeable(work, survivor, duplicate)
                merge = Merge(
                    id=new_id(),
                    clinic_id=clinic_id,
                    survivor_id=survivor_id,
                    duplicate_id=duplicate_id,
                    state=MergeState.PROPOSED,
                    reason=why,
                    proposed_by=caller.account_id,
                    proposed_at=now,
                )
                await work.merges.add(merge)
                await audit_merge(work, merge, "patient.merge_propose", caller, now, address)
                return {"id": str(merge.id)}

            return await work.once(caller, repeat, propose)
