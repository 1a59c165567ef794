"""Slows down guessing. Keys are opaque hashes: the log of attempts tells nobody who tried to be whom."""

from uuid import UUID

from services.accounts.application.ports import AttemptLog, IdentifierVault
from services.accounts.domain.attempts import Attempts
from services.accounts.domain.login import Login
from services.shared.kernel.clock import Clock


class GuessLimit:
    def __init__(self, attempts: AttemptLog, vault: IdentifierVault, clock: Clock) -> None:
        self._attempts = attempts
        self._vault = vault
        self._clock = clock

    def of_login(self, login: Login, address: str | None, *, door: str) -> bytes:
        """The key of one login from one address at one door: others' failures elsewhere do not count."""
        return self._vault.lookup(f"{login.kind}|{login.value}|{address}", purpose=f"attempts/{door}")

    def of_second_factor(self, account_id: UUID) -> bytes:
        """The key of one account's codes, from anywhere: only who has the password gets this far."""
        return self._vault.lookup(str(account_id), purpose="attempts/second-factor")

    async def check(self, key: bytes) -> Attempts:
        """Raise `too_many_attempts` during a pause; else return the failures so far."""
        attempts = await self._attempts.get(key)
        attempts.check(self._clock.now())
        return attempts

    async def failed(self, key: bytes) -> None:
        await self._attempts.count_failure(key, self._clock.now())

    async def succeeded(self, key: bytes, before: Attempts) -> None:
        """Forget the failures before, if there were any: most people type rightly, and that costs no write."""
        if before.failures:
            await self._attempts.clear(key)
