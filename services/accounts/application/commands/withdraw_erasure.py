"""A person takes the request for erasure back."""

from services.accounts.application.ports import Transactions
from services.accounts.application.queries.patient_access import read_entry
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


class WithdrawErasure:
    """Until it is carried out; no confirmation is asked, since it only keeps things as they are."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(self, caller: Principal, *, address: str | None) -> None:
        now = self._clock.now()
        async with self._transactions.write(person_id=caller.account_id) as work:
            newest = await work.erasures.newest_of(caller.account_id)
            erasure = await work.erasures.get(newest.id) if newest else None
            if erasure is None:
                raise NOT_FOUND.error()
            await work.erasures.save(erasure.withdrawn(now))
            for record in erasure.records:
                await work.audit(
                    read_entry(
                        caller,
                        "patient.erasure_withdraw",
                        now,
                        clinic_id=record.clinic_id,
                        address=address,
                        patient_id=record.patient_id,
                        purpose="own_data",
                    )
                )
