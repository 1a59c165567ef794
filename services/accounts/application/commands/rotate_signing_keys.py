"""Changes the key that signs access tokens."""

from datetime import timedelta

from services.accounts.application.key_ports import SigningKeyStore
from services.accounts.domain.signing_schedule import KeyChange, announced, by_schedule, replaced_at_once
from services.shared.kernel.clock import Clock


class RotateSigningKeys:
    """By schedule (asked every minute by the worker), at a person's wish, or at once because a key is known to others:
    that alone ends tokens before their time.
    """

    def __init__(self, store: SigningKeyStore, clock: Clock, every: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._every = every

    async def by_schedule(self) -> KeyChange:
        now = self._clock.now()
        return await self._store.change(lambda keys: by_schedule(keys, now, self._every))

    async def announce(self) -> KeyChange:
        now = self._clock.now()
        return await self._store.change(lambda keys: announced(keys, now))

    async def replace_at_once(self) -> KeyChange:
        now = self._clock.now()
        return await self._store.change(lambda keys: replaced_at_once(keys, now))
