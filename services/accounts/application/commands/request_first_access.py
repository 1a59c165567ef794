"""Sends a person without a password the code to create one."""

from services.accounts.application.ports import Directory, IdentifierVault, Transactions, Work
from services.accounts.domain.account import Account
from services.accounts.domain.events import OneTimeCodeIssued
from services.accounts.domain.login import Login
from services.accounts.domain.one_time_code import LIFETIME, OneTimeCode, new_code
from services.shared.kernel.clock import Clock
from services.shared.kernel.ids import new_id


class RequestFirstAccess:
    """The code goes to the contact on file, never to one given now. Nothing is said about whether the account
    exists, has a password or has a contact: the answer is the same. A new code replaces the one before; codes are
    at least a minute apart.
    """

    def __init__(
        self, transactions: Transactions, directory: Directory, vault: IdentifierVault, clock: Clock
    ) -> None:
        self._transactions = transactions
        self._directory = directory
        self._vault = vault
        self._clock = clock

    async def __call__(self, typed_login: str) -> None:
        person_id = await self._directory.person_of_login(Login.typed(typed_login)) or new_id()
        async with self._transactions.write(person_id=person_id) as work:
            account = await work.accounts.get(person_id)
            previous = await work.codes.get(person_id)
            if account is None or account.has_password or not account.is_reachable:
                return
            if previous is None or previous.allows_another(self._clock.now()):
                await self._issue(work, account)

    async def _issue(self, work: Work, account: Account) -> None:
        now = self._clock.now()
        code = new_code()
        expires_at = now + LIFETIME
        code_hash = self._vault.lookup(f"{account.id}|{code}", purpose="one-time-code")
        await work.codes.put(OneTimeCode(account.id, code_hash, now, expires_at))
        work.record(
            OneTimeCodeIssued(
                occurred_at=now,
                account_id=account.id,
                clinic_id=account.home_clinic_id,
                code=code,
                expires_at=expires_at,
            )
        )
