"""Preferences in Mongo: one document per person who chose."""

from uuid import UUID

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
        await self._preferences.replace_one(
            {"_id": person_id}, {"email": preferences.email, "sms": preferences.sms}, upsert=True
        )
