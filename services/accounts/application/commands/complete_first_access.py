"""Lets a person set the first password with the code received."""

import hmac
from dataclasses import replace

from services.accounts.application.guess_limit import GuessLimit
from services.accounts.application.ports import (
    Credentials,
    Directory,
    IdentifierVault,
    PasswordHasher,
    Transactions,
    Work,
)
from services.accounts.application.tell_clinics import tell_clinics
from services.accounts.domain.account import Account
from services.accounts.domain.contact import Channel
from services.accounts.domain.errors import FIRST_ACCESS_FAILED
from services.accounts.domain.login import Login
from services.accounts.domain.password import PasswordBlocklist, accept_password
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.clock import Clock
from services.shared.kernel.ids import new_id


class CompleteFirstAccess:
    """The code is good for ten minutes and five tries, once; it confirms the contact that it was sent to, so that
    later codes may go there. An unknown login, a wrong and an expired code get the
    same answer after the same work. The password's own faults are told first: they depend on nobody's account.
    """

    def __init__(
        self,
        *,
        transactions: Transactions,
        directory: Directory,
        hasher: PasswordHasher,
        vault: IdentifierVault,
        blocklist: PasswordBlocklist,
        guesses: GuessLimit,
        clock: Clock,
    ) -> None:
        self._transactions = transactions
        self._directory = directory
        self._hasher = hasher
        self._vault = vault
        self._blocklist = blocklist
        self._guesses = guesses
        self._clock = clock

    async def __call__(self, typed_login: str, code: str, password: str, *, address: str | None) -> None:
        login = Login.typed(typed_login)
        # The person gets no second factor here; staff set theirs up at the first sign-in.
        accepted = accept_password(password, login, self._blocklist, has_factor=False)
        key = self._guesses.of_login(login, address, door="first-access")
        failures = await self._guesses.check(key)
        person_id = await self._directory.person_of_login(login) or new_id()
        password_hash = await self._hasher.hash(accepted)  # for nobody too: the same work
        async with self._transactions.write(person_id=person_id) as work:
            account = await work.accounts.get(person_id, lock=True)
            proved = await self._proved(work, account, code) if account else None
            if account is not None and proved is not None:
                await self._set_password(work, account.proved_at(proved), password_hash, address)
        if proved is None:  # raised out here, so that the try is counted
            await self._guesses.failed(key)
            raise FIRST_ACCESS_FAILED.error(field="code")
        await self._guesses.succeeded(key, failures)

    async def _proved(self, work: Work, account: Account, code: str) -> Channel | None:
        """Return the channel by which this code was sent."""
        sent = await work.codes.get(account.id)
        if sent is None or account.has_password or not sent.is_open(self._clock.now()):
            return None
        await work.codes.put(sent.tried())
        for channel in account.channels_on_file:
            typed = self._vault.lookup(f"{account.id}|{channel}|{code.strip()}", purpose="one-time-code")
            if hmac.compare_digest(typed, sent.hash_of(channel) or b""):
                return channel
        return None

    async def _set_password(
        self, work: Work, account: Account, password_hash: str, address: str | None
    ) -> None:
        now = self._clock.now()
        credentials = await work.credentials.get(account.id, lock=True) or Credentials(account.id)
        await work.credentials.save(replace(credentials, password_hash=password_hash, stands_alone=True))
        await work.codes.remove(account.id)
        account = account.with_password()
        await work.accounts.save(account)
        await tell_clinics(work, account, now)
        await work.audit(
            AuditEntry(
                at=now,
                actor_id=account.id,
                actor_roles=(),
                action="account.first_access",
                clinic_id=None,
                resource=f"account/{account.id}",
                purpose="authentication",
                address=address,
            )
        )
