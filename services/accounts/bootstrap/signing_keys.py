"""The signing keys of a process: read again and again by the API, rotated by the worker."""

import asyncio
from datetime import timedelta

from services.accounts.application.commands.rotate_signing_keys import RotateSigningKeys
from services.accounts.bootstrap.settings import Settings
from services.accounts.bootstrap.wiring import key_custody
from services.accounts.domain.signing_schedule import KeyChange
from services.accounts.infrastructure.keys.signing import KeyRing
from services.accounts.infrastructure.persistence.signing_keys import PostgresSigningKeys
from services.shared.kernel.clock import SystemClock
from services.shared.platform.logs import get_logger
from services.shared.platform.postgres.database import Database

REREAD_EVERY_S = 15.0
_ROTATE_EVERY_S = 60.0


class SigningKeysInUse:
    """What this process signs with and publishes. A key is announced long before it signs: a late look harms nobody."""

    def __init__(self, ring: KeyRing, store: PostgresSigningKeys) -> None:
        self.ring = ring
        self._store = store

    async def reread(self) -> None:
        self.ring.replace(await self._store.load(self.ring.known))

    async def keep_rereading(self, every_s: float = REREAD_EVERY_S) -> None:
        """Run until cancelled."""
        while True:
            await asyncio.sleep(every_s)
            try:
                await self.reread()
            except Exception as error:  # the database or KMS is away: what is known goes on
                get_logger().warning("signing_keys.not_reread", exc_info=error)


async def read_signing_keys(settings: Settings, database: Database) -> SigningKeysInUse:
    store = PostgresSigningKeys(database, key_custody(settings))
    return SigningKeysInUse(KeyRing(await store.load()), store)


def rotation(settings: Settings, database: Database) -> RotateSigningKeys:
    store = PostgresSigningKeys(database, key_custody(settings))
    return RotateSigningKeys(store, SystemClock(), timedelta(days=settings.signing_key_days))


async def keep_rotating(rotate: RotateSigningKeys) -> None:
    """Run until cancelled."""
    while True:
        try:
            tell(await rotate.by_schedule())
        except Exception as error:  # the database or KMS is away: next time
            get_logger().warning("signing_keys.not_rotated", exc_info=error)
        await asyncio.sleep(_ROTATE_EVERY_S)


def tell(change: KeyChange) -> None:
    if change != KeyChange():
        state = "unchanged" if change.new_from is None else "announced"
        get_logger().info("signing_keys.rotated", state=state, count=len(change.retired))
