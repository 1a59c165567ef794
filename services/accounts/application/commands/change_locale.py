"""Changes the language a person is addressed in."""

from services.accounts.application.ports import Transactions
from services.accounts.application.tell_clinics import tell_clinics
from services.accounts.domain.account import Locale
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


class ChangeLocale:
    """pt-BR or English, for pages and messages alike. Choosing the language one has changes and tells nothing."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(self, locale: Locale, caller: Principal) -> None:
        async with self._transactions.write(person_id=caller.account_id) as work:
            account = await work.accounts.get(caller.account_id, lock=True)
            if account is None:
                raise NOT_FOUND.error()
            if account.locale == locale:
                return
            account = account.in_locale(locale)
            await work.accounts.save(account)
            await tell_clinics(work, account, self._clock.now())
