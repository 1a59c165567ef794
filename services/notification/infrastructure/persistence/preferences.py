"""Preferences in Mongo: one document per person who chose, with the version at which accounts told each channel."""

from collections.abc import Mapping
from uuid import UUID

from pymongo.errors import DuplicateKeyError

from services.notification.domain.channel import Channel
from services.notification.domain.preferences import Preferences
from services.notification.infrastructure.persistence.database import Database


class MongoPreferenceStore:
    def __init__(self, database: Database) -> None:
        self._preferences = database["preferences"]

    async def find(self, person_id: UUID) -> Preferences:
        found = await self._preferences.find_one({"_id": person_id})
        return Preferences(email=found["email"], sms=found["sms"]) if found else Preferences()

    async def remove(self, person_id: UUID) -> None:
        await self._preferences.delete_one({"_id": person_id})

    async def save(self, person_id: UUID, preferences: Preferences) -> None:
        """The versions stay: a word that comes again does not undo what was chosen since."""
        await self._preferences.update_one(
            {"_id": person_id}, {"$set": {"email": preferences.email, "sms": preferences.sms}}, upsert=True
        )

    async def hear(self, person_id: UUID, version: int, allowed: Mapping[Channel, bool]) -> None:
        await self._with_document(person_id)
        for channel, is_allowed in allowed.items():
            told = f"{channel.value}_version"
            await self._preferences.update_one(
                {"_id": person_id, "$or": [{told: {"$lt": version}}, {told: {"$exists": False}}]},
                {"$set": {channel.value: is_allowed, told: version}},
            )

    async def _with_document(self, person_id: UUID) -> None:
        try:
            await self._preferences.update_one(
                {"_id": person_id}, {"$setOnInsert": {"email": True, "sms": True}}, upsert=True
            )
        except DuplicateKeyError:
            return  # another word of the same person made it at the same time
