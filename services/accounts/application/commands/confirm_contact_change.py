"""Changes a person's contact once both the new and the old one have confirmed it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.accounts.application.confirmation_codes import ConfirmationCodes
from services.accounts.application.contact_change import put_contact
from services.accounts.application.ports import Transactions, Work
from services.accounts.domain.confirmation import Purpose
from services.accounts.domain.identity_errors import CONFIRMATION_FAILED
from services.accounts.domain.new_contact import NewContact
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


class ConfirmContactChange:
    """All codes at once, good for ten minutes and five tries. The e-mail is also what the person signs in with, so it
    must lead to nobody else. The old contact is told that it was replaced; notification learns the new one now.
    """

    def __init__(self, transactions: Transactions, codes: ConfirmationCodes, clock: Clock) -> None:
        self._transactions = transactions
        self._codes = codes
        self._clock = clock

    async def __call__(self, codes: Sequence[str], caller: Principal, *, address: str | None) -> None:
        now = self._clock.now()
        async with self._transactions.write(person_id=caller.account_id) as work:
            contact = await self._proved(work, caller.account_id, codes, now)
            if contact is not None:
                await self._change(work, contact, caller, address, now)
        if contact is None:  # raised out here, so that the try is counted
            raise CONFIRMATION_FAILED.error(field="code")

    async def _proved(
        self, work: Work, account_id: UUID, codes: Sequence[str], now: datetime
    ) -> NewContact | None:
        asked = await work.confirmations.get(account_id, Purpose.CONTACT)
        if asked is None or not asked.is_open(now):
            return None
        await work.confirmations.put(asked.tried())
        if not self._codes.proves(asked, codes):
            return None
        return NewContact("email" if asked.facts["channel"] == "email" else "sms", asked.facts["value"])

    async def _change(
        self, work: Work, contact: NewContact, caller: Principal, address: str | None, now: datetime
    ) -> None:
        account = await work.accounts.get(caller.account_id, lock=True)
        if account is None:
            raise NOT_FOUND.error()
        await put_contact(work, account, contact, now)
        await work.confirmations.remove(account.id, Purpose.CONTACT)
        await work.audit(
            AuditEntry(
                at=now,
                actor_id=caller.account_id,
                actor_roles=tuple(sorted(caller.roles)),
                action=f"account.{contact.field}_change",
                clinic_id=caller.clinic_id,
                resource=f"account/{account.id}",
                purpose="authentication",
                address=address,
            )
        )
