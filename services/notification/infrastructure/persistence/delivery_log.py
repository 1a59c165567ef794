"""The delivery log in Mongo, as people read it: keyset pages on indexes."""

from datetime import datetime
from uuid import UUID

from pymongo import DESCENDING

from services.notification.application.ports import LogFilter
from services.notification.domain.delivery import Delivery
from services.notification.infrastructure.persistence.database import Database, Document
from services.notification.infrastructure.persistence.delivery_rows import from_document


class MongoDeliveryLog:
    def __init__(self, database: Database) -> None:
        self._deliveries = database["deliveries"]

    async def page(
        self, which: LogFilter, *, after: tuple[datetime, UUID] | None, limit: int
    ) -> list[Delivery]:
        found = self._deliveries.find(
            _where(which, after), sort=[("created_at", DESCENDING), ("_id", DESCENDING)], limit=limit
        )
        return [from_document(document) async for document in found]

    async def find(self, delivery_id: UUID) -> Delivery | None:
        found = await self._deliveries.find_one({"_id": delivery_id})
        return from_document(found) if found else None


def _where(which: LogFilter, after: tuple[datetime, UUID] | None) -> Document:
    wanted = {"person_id": which.person_id, "clinic_id": which.clinic_id, "exam_id": which.exam_id}
    where: Document = {field: value for field, value in wanted.items() if value is not None}
    if after is not None:
        moment, delivery_id = after
        where["created_at"] = {"$lte": moment}
        where["$or"] = [
            {"created_at": {"$lt": moment}},
            {"created_at": moment, "_id": {"$lt": delivery_id}},
        ]
    return where
