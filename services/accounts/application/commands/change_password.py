"""Changes a signed-in person's password."""

from services.accounts.application.audit_trail import audit_security
from services.accounts.application.guess_limit import GuessLimit
from services.accounts.application.ports import PasswordHasher, Transactions
from services.accounts.application.set_password import accepted_for, store_password
from services.accounts.domain.errors import OLD_PASSWORD_WRONG, SESSION_ENDED
from services.accounts.domain.password import PasswordBlocklist, normal_password
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Principal


class ChangePassword:
    """The old one is asked for. The new one has 15 characters, or 8 where a second factor stands beside it, and is
    none that everybody tries. All other sessions end; this one goes on. No password ever expires.
    """

    def __init__(
        self,
        *,
        transactions: Transactions,
        hasher: PasswordHasher,
        blocklist: PasswordBlocklist,
        guesses: GuessLimit,
        clock: Clock,
    ) -> None:
        self._transactions = transactions
        self._hasher = hasher
        self._blocklist = blocklist
        self._guesses = guesses
        self._clock = clock

    async def __call__(self, old: str, new: str, caller: Principal, *, address: str | None) -> None:
        guesses = self._guesses.of_password(caller.account_id, caller.session_id)
        before = await self._guesses.check(guesses)
        async with self._transactions.read(person_id=caller.account_id) as reading:
            account = await reading.accounts.get(caller.account_id)
            credentials = await reading.credentials.get(caller.account_id)
        if account is None or credentials is None:
            raise SESSION_ENDED.error()
        if not await self._hasher.verify(normal_password(old), credentials.password_hash):
            await self._guesses.failed(guesses)
            raise OLD_PASSWORD_WRONG.error(field="old")
        await self._guesses.succeeded(guesses, before)
        accepted = accepted_for(account, credentials, new, self._blocklist)
        password_hash = await self._hasher.hash(accepted)
        now = self._clock.now()
        async with self._transactions.write(person_id=caller.account_id) as work:
            current = await work.credentials.get(caller.account_id, lock=True)
            if current is None or current.password_hash != credentials.password_hash:
                raise SESSION_ENDED.error()  # changed meanwhile, by somebody else perhaps
            await store_password(work, current, accepted, password_hash)
            await work.sessions.end_all(caller.account_id, now, but=caller.session_id)
            await audit_security(work, caller, "account.password_changed", now, address=address)
