"""Records that somebody compared a council registration."""

from uuid import UUID

from services.accounts.application.ports import Transactions
from services.accounts.application.queries.patient_access import clinic_of
from services.accounts.application.staff_change import member_of, save_member, staff_entry
from services.accounts.domain.membership import CouncilRegistration, Verification, VerifiedHow
from services.accounts.domain.staff_errors import COUNCIL_CHANGED
from services.accounts.domain.staffing import check_verifier
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Principal


class VerifyRegistration:
    """Who compared it, when and with what is kept; nobody verifies the own registration. The registration compared is
    named, so that one changed meanwhile is not verified unseen. Until then the person may not release results. With
    `how` left out the verification is taken back.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(
        self,
        account_id: UUID,
        compared: CouncilRegistration,
        how: VerifiedHow | None,
        note: str | None,
        caller: Principal,
        *,
        address: str | None,
    ) -> None:
        now = self._clock.now()
        async with self._transactions.write(clinic_id=clinic_of(caller), person_id=account_id) as work:
            member = await member_of(work, account_id, caller)
            check_verifier(member, caller.account_id)
            if member.registration is None or not member.registration.same_as(compared):
                raise COUNCIL_CHANGED.error()
            verification = None
            if how is not None:
                verification = Verification(caller.account_id, now, how, (note or "").strip() or None)
            await save_member(work, member.verified(verification), now)
            action = "staff.verify" if how else "staff.verification_withdraw"
            await work.audit(
                staff_entry(caller, action, now, resource=f"staff/{account_id}", address=address)
            )
