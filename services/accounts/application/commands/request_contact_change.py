"""Lets a person change the own e-mail or mobile number."""

from services.accounts.application.confirmation_codes import ConfirmationCodes, code_for_address
from services.accounts.application.confirmed_caller import confirmed
from services.accounts.application.ports import Transactions
from services.accounts.domain.account import Account
from services.accounts.domain.confirmation import Purpose
from services.accounts.domain.contact import Channel
from services.accounts.domain.identity_errors import CODE_TOO_SOON
from services.accounts.domain.new_contact import NewContact
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Principal


class RequestContactChange:
    """After a fresh step-up (ASVS 5.0, 7.5.1). Two codes: one to the new contact, one to the old of the same kind, or
    where there is none, to the other one on file; to an old one only where it was confirmed itself. Nothing changes,
    and nobody is told anything else, before both come back. Whoever has none confirms the new one alone. The contact
    on file is confirmed in the same way, by asking for it.
    """

    def __init__(self, transactions: Transactions, codes: ConfirmationCodes, clock: Clock) -> None:
        self._transactions = transactions
        self._codes = codes
        self._clock = clock

    async def __call__(self, contact: NewContact, caller: Principal) -> bool:
        """Return True when a second code, to the old contact, is needed."""
        now = self._clock.now()
        async with self._transactions.write(person_id=caller.account_id) as work:
            account, _ = await confirmed(work, caller, now)
            contact.must_differ_from(account)
            previous = await work.confirmations.get(account.id, Purpose.CONTACT)
            if previous is not None and not previous.allows_another(now):
                raise CODE_TOO_SOON.error()
            places = [(contact.channel, contact.value), *_on_file(account, contact.channel)]
            facts = {"channel": contact.channel, "value": contact.value}
            confirmation, codes = self._codes.new(account.id, Purpose.CONTACT, facts, now, len(places))
            await work.confirmations.put(confirmation)
            for (channel, place), code in zip(places, codes, strict=True):
                work.record(
                    code_for_address(
                        confirmation,
                        code,
                        channel=channel,
                        address=place,
                        clinic_id=account.home_clinic_id,
                        locale=account.locale,
                    )
                )
        return len(places) > 1


def _on_file(account: Account, channel: Channel) -> list[tuple[Channel, str]]:
    """Return the one contact on file that has to agree, if there is any."""
    other: Channel = "sms" if channel == "email" else "email"
    for each in (channel, other):
        place = account.contact(each)
        if place is not None and account.has_confirmed(each):
            return [(each, place)]
    return []
