"""Sends an invitation once more."""

from uuid import UUID

from services.accounts.application.invitation_mail import InvitationMail
from services.accounts.application.ports import Transactions
from services.accounts.application.queries.patient_access import clinic_of
from services.accounts.application.staff_change import must_administrate, staff_entry
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


class ResendInvitation:
    """With a new code, good for another seven days; the one before is worth nothing from now on. Once a minute."""

    def __init__(self, transactions: Transactions, mail: InvitationMail, clock: Clock) -> None:
        self._transactions = transactions
        self._mail = mail
        self._clock = clock

    async def __call__(self, invitation_id: UUID, caller: Principal, *, address: str | None) -> None:
        now = self._clock.now()
        async with self._transactions.write(clinic_id=clinic_of(caller)) as work:
            await must_administrate(work, caller)
            invitation = await work.invitations.get(invitation_id)
            if invitation is None:
                raise NOT_FOUND.error()
            code, code_hash = self._mail.new_code()
            invitation = invitation.sent_again(code_hash, now)
            await work.invitations.save(invitation)
            work.record(self._mail.of(invitation, code, now))
            await work.audit(
                staff_entry(
                    caller,
                    "staff.invitation_resend",
                    now,
                    resource=f"invitation/{invitation_id}",
                    address=address,
                )
            )
