"""Notices that wait for a contact, in Mongo. They hold ids and times; codes stay in the vault."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from services.notification.domain.channel import Channel
from services.notification.domain.notice import Notice
from services.notification.infrastructure.persistence.database import Database


class MongoParkedNotices:
    def __init__(self, database: Database) -> None:
        self._parked = database["parked"]

    async def park(self, notice: Notice) -> None:
        fields = asdict(notice)
        del fields["reason"]
        fields["channels"] = [channel.value for channel in notice.channels]
        await self._parked.update_one({"_id": notice.reason}, {"$setOnInsert": fields}, upsert=True)

    async def waiting_for(self, person_id: UUID) -> Sequence[Notice]:
        found = await self._parked.find({"person_id": person_id}).to_list()
        return [_notice(document) for document in found]

    async def remove(self, notice: Notice) -> None:
        await self._parked.delete_one({"_id": notice.reason})


def _notice(document: dict[str, Any]) -> Notice:
    """Notices parked before channels were named go by each."""
    channels = tuple(Channel(each) for each in document.pop("channels", Channel))
    return Notice(reason=document.pop("_id"), channels=channels, **document)
