"""One-time codes in Mongo, sealed by a key the database does not have, deleted when they expire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from services.notification.infrastructure.persistence.database import Database


class Sealer(Protocol):
    async def seal(self, secret: bytes, *, context: str) -> bytes: ...

    async def open(self, sealed: bytes, *, context: str) -> bytes: ...


class MongoSecretVault:
    """A collection of its own, apart from the log: backups of the log hold no secret, sealed or not."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._secrets = database["secrets"]
        self._sealer = sealer

    async def keep(self, reason: str, secret: str, *, until: datetime) -> None:
        sealed = await self._sealer.seal(secret.encode(), context=reason)
        await self._secrets.replace_one({"_id": reason}, {"sealed": sealed, "until": until}, upsert=True)

    async def remove(self, reasons: Sequence[str]) -> None:
        await self._secrets.delete_many({"_id": {"$in": list(reasons)}})

    async def read(self, reason: str, *, now: datetime) -> str | None:
        found = await self._secrets.find_one({"_id": reason})
        if found is None or found["until"] <= now:  # the server's own deletion runs once a minute
            return None
        return (await self._sealer.open(bytes(found["sealed"]), context=reason)).decode()
