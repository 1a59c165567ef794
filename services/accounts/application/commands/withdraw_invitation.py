"""Takes an invitation back."""

from uuid import UUID

from services.accounts.application.ports import Transactions
from services.accounts.application.queries.patient_access import clinic_of
from services.accounts.application.staff_change import must_administrate, staff_entry
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


class WithdrawInvitation:
    """Its code opens nothing from now on. One that was accepted is no invitation any more: end the access instead."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(self, invitation_id: UUID, caller: Principal, *, address: str | None) -> None:
        async with self._transactions.write(clinic_id=clinic_of(caller)) as work:
            await must_administrate(work, caller)
            invitation = await work.invitations.get(invitation_id)
            if invitation is None:
                raise NOT_FOUND.error()
            await work.invitations.save(invitation.withdrawn())
            await work.audit(
                staff_entry(
                    caller,
                    "staff.invitation_withdraw",
                    self._clock.now(),
                    resource=f"invitation/{invitation_id}",
                    address=address,
                )
            )
