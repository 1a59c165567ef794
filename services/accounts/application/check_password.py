"""The first step of every sign-in by password."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.accounts.application.guess_limit import Guesses, GuessLimit
from services.accounts.application.ports import AtTheDoor, Credentials, Directory, PasswordHasher, Work
from services.accounts.application.visitor import Recognition
from services.accounts.domain.account import Account
from services.accounts.domain.device import Device
from services.accounts.domain.errors import SIGN_IN_FAILED
from services.accounts.domain.login import Login
from services.accounts.domain.password import normal_password

_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Checked:
    """Whose password it was. `device` is the mark of a device that this person used before; `trace` is what tells
    devices apart for the warning: `is_new_device` when the person used others, and not this one. `fresh_hash` replaces
    an outdated hash.
    """

    account: Account
    credentials: Credentials
    password_hash: str
    device: bytes | None
    trace: bytes
    is_new_device: bool
    fresh_hash: str | None = None

    @property
    def person_id(self) -> UUID:
        return self.account.id

    async def keep_hash(self, work: Work) -> None:
        """Store the password hashed with today's parameters, unless it was changed meanwhile."""
        if self.fresh_hash is None:
            return
        now = await work.credentials.get(self.person_id, lock=True)
        if now is not None and now.password_hash == self.password_hash:
            await work.credentials.save(replace(now, password_hash=self.fresh_hash))


class CheckPassword:
    """An unknown login, an account without password and a wrong password take the same steps, do the same one hash
    and get the same answer. After five failures an address waits for that login, and so do, after fifty from
    anywhere, all devices the person never used; a device the person has used waits for its own failures alone.
    """

    def __init__(
        self, directory: Directory, hasher: PasswordHasher, guesses: GuessLimit, recognition: Recognition
    ) -> None:
        self._directory = directory
        self._hasher = hasher
        self._guesses = guesses
        self._recognition = recognition

    async def __call__(
        self, typed_login: str, password: str, device: Device, *, address: str | None
    ) -> Checked:
        """Raise `sign_in_failed`, or `too_many_attempts` before anything is hashed."""
        trace = self._recognition.trace_of(device)
        door, known, guesses = await self._look(Login.typed(typed_login), device, trace, address)
        before = self._guesses.judge(guesses, door.failures)
        stored = door.credentials.password_hash if door.credentials else None
        is_outdated = self._hasher.is_outdated(stored)
        typed = normal_password(password)
        matches = await self._hasher.verify(typed, stored)  # no connection is held meanwhile
        if door.account is None or door.credentials is None or stored is None or not matches:
            await self._guesses.failed(guesses)
            raise SIGN_IN_FAILED.error()
        await self._guesses.succeeded(guesses, before)
        return Checked(
            account=door.account,
            credentials=door.credentials,
            password_hash=stored,
            device=known,
            trace=trace,
            is_new_device=door.knows_any_device and not door.knows_device,
            fresh_hash=await self._hasher.hash(typed) if is_outdated else None,
        )

    async def _look(
        self, login: Login, device: Device, trace: bytes, address: str | None
    ) -> tuple[AtTheDoor, bytes | None, Guesses]:
        """Return what is known, the mark of a device that is known, and the counters that this attempt falls under."""
        as_stranger = self._guesses.of_login(login, address, door="sign-in")
        as_known = as_stranger
        if device.mark is not None:
            as_known = self._guesses.of_login(login, address, door="sign-in", device=device.mark)
        names = {*as_stranger.names, *as_known.names}
        door = await self._directory.at_the_door(login, trace, sorted(names), nobody=_NOBODY)
        if device.mark is not None and door.knows_device:
            return door, device.mark, as_known
        return door, None, as_stranger
