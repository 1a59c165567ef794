"""Clinics in Mongo, as messages name them."""

from uuid import UUID

from services.notification.domain.clinic import Clinic
from services.notification.infrastructure.persistence.database import Database


class MongoClinicStore:
    def __init__(self, database: Database) -> None:
        self._clinics = database["clinics"]

    async def find(self, clinic_id: UUID) -> Clinic | None:
        found = await self._clinics.find_one({"_id": clinic_id})
        if found is None:
            return None
        return Clinic(
            id=found["_id"], name=found["name"], short_name=found["short_name"], contact=found["contact"]
        )

    async def save(self, clinic: Clinic) -> None:
        await self._clinics.replace_one(
            {"_id": clinic.id},
            {"name": clinic.name, "short_name": clinic.short_name, "contact": clinic.contact},
            upsert=True,
        )
