"""The inbox in Mongo. Effects are repeatable by their deterministic ids; this spares the work of repeating them."""

from datetime import datetime
from uuid import UUID

from services.notification.infrastructure.persistence.database import Database


class MongoInbox:
    def __init__(self, database: Database) -> None:
        self._inbox = database["inbox"]

    async def has_seen(self, event_id: UUID) -> bool:
        return await self._inbox.find_one({"_id": event_id}, {"_id": 1}) is not None

    async def record(self, event_id: UUID, now: datetime) -> None:
        await self._inbox.update_one({"_id": event_id}, {"$setOnInsert": {"at": now}}, upsert=True)
