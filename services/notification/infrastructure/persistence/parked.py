"""Notices that wait for a contact, in Mongo. They hold ids and times; codes stay in the vault."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from services.notification.domain.notice import Notice
from services.notification.infrastructure.persistence.database import Database


class MongoParkedNotices:
    def __init__(self, database: Database) -> None:
        self._parked = database["parked"]

    async def park(self, notice: Notice) -> None:
        fields = asdict(notice)
        del fields["reason"]
        await self._parked.update_one({"_id": notice.reason}, {"$setOnInsert": fields}, upsert=True)

    async def waiting_for(self, person_id: UUID) -> Sequence[Notice]:
        found = await self._parked.find({"person_id": person_id}).to_list()
        return [Notice(reason=document.pop("_id"), **document) for document in found]

    async def remove(self, notice: Notice) -> None:
        await self._parked.delete_one({"_id": notice.reason})
