"""Slows down guessing. Keys are opaque hashes: the log of attempts tells nobody who tried to be whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.accounts.application.ports import IdentifierVault
from services.accounts.application.sign_in_ports import AttemptLog
from services.accounts.domain.attempts import FREE, FREE_FOR_STRANGERS, Attempts
from services.accounts.domain.login import Login
from services.shared.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class Guesses:
    """The counters one attempt falls under, each with the failures that cost nothing."""

    keys: tuple[tuple[bytes, int], ...]

    @property
    def names(self) -> tuple[bytes, ...]:
        return tuple(key for key, _ in self.keys)


class GuessLimit:
    def __init__(self, attempts: AttemptLog, vault: IdentifierVault, clock: Clock) -> None:
        self._attempts = attempts
        self._vault = vault
        self._clock = clock

    def of_login(
        self, login: Login, address: str | None, *, door: str, device: bytes | None = None
    ) -> Guesses:
        """One login from one address at one door, and from all addresses together; or from one known device alone.

        Nobody else's failures make the device wait that the person has used before.
        """
        who = f"{login.kind}|{login.value}"
        if device is not None:
            return Guesses(((self._key(f"{who}|device|{device.hex()}", door), FREE),))
        return Guesses(
            (
                (self._key(f"{who}|{address}", door), FREE),
                (self._key(f"{who}|strangers", door), FREE_FOR_STRANGERS),
            )
        )

    def of_address(self, address: str | None, *, door: str) -> Guesses:
        """All guesses from one address at one door, where what is guessed is all there is: a long random code."""
        return Guesses(((self._key(f"address|{address}", door), FREE),))

    def of_second_factor(self, account_id: UUID, device: bytes | None = None) -> Guesses:
        """One account's codes, from anywhere or from one known device: only who has the password gets this far."""
        where = f"|device|{device.hex()}" if device else ""
        return Guesses(((self._key(f"{account_id}{where}", "second-factor"), FREE),))

    def of_password(self, account_id: UUID, session_id: UUID | None) -> Guesses:
        """A signed-in person's own password, asked for again: by session, so that a thief stops no other."""
        return Guesses(((self._key(f"{account_id}|{session_id}", "password"), FREE),))

    async def check(self, guesses: Guesses) -> Sequence[Attempts]:
        """Raise `too_many_attempts` during a pause; else return the failures so far."""
        found = await self._attempts.get(*guesses.names)
        return self.judge(guesses, dict(zip(guesses.names, found, strict=True)))

    def judge(self, guesses: Guesses, found: Mapping[bytes, Attempts]) -> Sequence[Attempts]:
        """The same, for failures that were read already."""
        before = [found[key] for key in guesses.names]
        for attempts, (_, free) in zip(before, guesses.keys, strict=True):
            attempts.check(self._clock.now(), free=free)
        return before

    async def failed(self, guesses: Guesses) -> None:
        await self._attempts.count_failure(self._clock.now(), *guesses.names)

    async def succeeded(self, guesses: Guesses, before: Sequence[Attempts]) -> None:
        """Forget the failures before, if there were any: most people type rightly, and that costs no write."""
        if any(attempts.failures for attempts in before):
            await self._attempts.clear(*guesses.names)

    def _key(self, text: str, door: str) -> bytes:
        return self._vault.lookup(text, purpose=f"attempts/{door}")
