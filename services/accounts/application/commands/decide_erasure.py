"""A clinic decides about the identity on its own record."""

from datetime import datetime
from uuid import UUID

from services.accounts.application.ports import Transactions
from services.accounts.application.queries.patient_access import clinic_of, read_entry
from services.accounts.application.staff_change import must_administrate
from services.accounts.domain.merge_errors import checked_reason
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


class DecideErasure:
    """An administrator erases the identity on the clinic's record, or keeps it until a day, with a reason the patient
    reads. Everything else follows from the law and is not decided here. Without a decision the identity is erased when
    the waiting period ends. The word may be changed until then.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(
        self,
        erasure_id: UUID,
        caller: Principal,
        *,
        keep_until: datetime | None,
        reason: str,
        address: str | None,
    ) -> None:
        now, clinic_id, why = self._clock.now(), clinic_of(caller), checked_reason(reason)
        async with self._transactions.write(clinic_id=clinic_id) as work:
            await must_administrate(work, caller)
            erasure = await work.erasures.get(erasure_id)
            if erasure is None:
                raise NOT_FOUND.error()
            decided = erasure.decided(clinic_id, by=caller.account_id, reason=why, until=keep_until, now=now)
            await work.erasures.save(decided)
            for record in decided.records:
                await work.audit(
                    read_entry(
                        caller,
                        "patient.erasure_decide",
                        now,
                        clinic_id=clinic_id,
                        address=address,
                        patient_id=record.patient_id,
                        purpose="administration",
                    )
                )
