"""Lets a person without an app have a code sent to the contact at every sign-in."""

from dataclasses import replace

from services.accounts.application.audit_trail import audit_security
from services.accounts.application.confirmed_caller import confirmed
from services.accounts.application.ports import Transactions
from services.accounts.domain.errors import FACTOR_NOT_ACCEPTED, NOT_REACHABLE, PASSWORD_TOO_SHORT_ALONE
from services.accounts.domain.second_factor import ENROLLED
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Principal


class ChooseContactCodes:
    """For patients who have neither an authenticator nor a passkey: a code to the contact would be the weaker way in.
    After a fresh step-up, which for them is such a code: so it surely arrives.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(self, wanted: bool, caller: Principal, *, address: str | None) -> None:
        now = self._clock.now()
        async with self._transactions.write(person_id=caller.account_id) as work:
            account, credentials = await confirmed(work, caller, now)
            if credentials.by_contact == wanted:
                return
            if wanted and (account.is_staff or ENROLLED & credentials.factors):
                raise FACTOR_NOT_ACCEPTED.error()
            if wanted and not account.is_reachable:
                raise NOT_REACHABLE.error()
            if not wanted and not credentials.stands_alone:
                raise PASSWORD_TOO_SHORT_ALONE.error()
            await work.credentials.save(replace(credentials, by_contact=wanted))
            action = "account.contact_codes_on" if wanted else "account.contact_codes_off"
            await audit_security(work, caller, action, now, address=address)
