"""The first step of every sign-in by password."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.accounts.application.guess_limit import GuessLimit
from services.accounts.application.ports import Credentials, Directory, PasswordHasher, Work
from services.accounts.domain.device import Device
from services.accounts.domain.errors import SIGN_IN_FAILED
from services.accounts.domain.login import Login
from services.accounts.domain.password import normal_password
from services.shared.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Checked:
    """`device` is the mark of a device that this person used before; `fresh_hash` replaces an outdated one."""

    person_id: UUID
    credentials: Credentials
    device: bytes | None
    fresh_hash: str | None = None

    async def keep_hash(self, work: Work) -> None:
        """Store the password hashed with today's parameters, unless it was changed meanwhile."""
        if self.fresh_hash is None:
            return
        now = await work.credentials.get(self.person_id, lock=True)
        if now is not None and now.password_hash == self.credentials.password_hash:
            await work.credentials.save(replace(now, password_hash=self.fresh_hash))


class CheckPassword:
    """An unknown login, an account without password and a wrong password take the same steps, do the same one hash
    and get the same answer. After five failures an address waits for that login, and so do, after fifty from
    anywhere, all devices the person never used; a device the person has used waits for its own failures alone.
    """

    def __init__(self, directory: Directory, hasher: PasswordHasher, guesses: GuessLimit) -> None:
        self._directory = directory
        self._hasher = hasher
        self._guesses = guesses

    async def __call__(
        self, typed_login: str, password: str, device: Device, *, address: str | None
    ) -> Checked:
        """Raise `sign_in_failed`, or `too_many_attempts` before anything is hashed."""
        login = Login.typed(typed_login)
        credentials, is_known = await self._directory.at_the_door(login, device.mark, nobody=new_id())
        known = device.mark if is_known else None
        guesses = self._guesses.of_login(login, address, door="sign-in", device=known)
        before = await self._guesses.check(guesses)
        stored = credentials.password_hash if credentials else None
        typed = normal_password(password)
        matches = await self._hasher.verify(typed, stored)  # no connection is held meanwhile
        if credentials is None or stored is None or not matches:
            await self._guesses.failed(guesses)
            raise SIGN_IN_FAILED.error()
        await self._guesses.succeeded(guesses, before)
        fresh = await self._hasher.hash(typed) if self._hasher.is_outdated(stored) else None
        return Checked(credentials.person_id, credentials, known, fresh)
