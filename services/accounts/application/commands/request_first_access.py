"""Sends a person without a password the code to create one."""

from services.accounts.application.ports import Directory, IdentifierVault, Transactions, Work
from services.accounts.domain.account import Account
from services.accounts.domain.contact import Channel
from services.accounts.domain.events import OneTimeCodeIssued
from services.accounts.domain.login import Login
from services.accounts.domain.one_time_code import LIFETIME, OneTimeCode, new_code
from services.shared.kernel.clock import Clock
from services.shared.kernel.ids import new_id


class RequestFirstAccess:
    """A code of its own goes to each contact on file, never to one given now: the one that comes back confirms the
    contact it was sent to, and no other. Nothing is said about whether the account
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
            if account is None or account.has_password or not account.channels_on_file:
                return
            if previous is None or previous.allows_another(self._clock.now()):
                await self._issue(work, account)

    async def _issue(self, work: Work, account: Account) -> None:
        now = self._clock.now()
        expires_at = now + LIFETIME
        codes = _different_codes(account)
        hashes = {
            channel: self._vault.lookup(f"{account.id}|{channel}|{code}", purpose="one-time-code")
            for channel, code in codes.items()
        }
        await work.codes.put(
            OneTimeCode(
                account.id, now, expires_at, email_hash=hashes.get("email"), sms_hash=hashes.get("sms")
            )
        )
        for channel, code in codes.items():
            work.record(
                OneTimeCodeIssued(
                    occurred_at=now,
                    account_id=account.id,
                    clinic_id=account.home_clinic_id,
                    code=code,
                    expires_at=expires_at,
                    channels=(channel,),
                )
            )


def _different_codes(account: Account) -> dict[Channel, str]:
    """Return a code for each contact on file; no two alike, or one would confirm both."""
    codes: dict[Channel, str] = {}
    for channel in account.channels_on_file:
        code = new_code()
        while code in codes.values():
            code = new_code()
        codes[channel] = code
    return codes
