"""The delivery log in Mongo, as the sender sees it. Each step is one atomic change of one document.

The truth about what is pending is here (`state`, `lane`, `due_at`), never in Valkey.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pymongo import ASCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from services.notification.domain.delivery import Delivery, DeliveryState, Lane
from services.notification.domain.receipt import Receipt
from services.notification.infrastructure.persistence.database import Database, Document
from services.notification.infrastructure.persistence.delivery_rows import from_document, to_document


class MongoDeliveries:
    def __init__(self, database: Database) -> None:
        self._deliveries = database["deliveries"]

    async def add(self, delivery: Delivery) -> bool:
        try:
            await self._deliveries.insert_one(to_document(delivery))
        except DuplicateKeyError:
            return False
        return True

    async def claim(self, lane: Lane, *, now: datetime, lease_until: datetime) -> Delivery | None:
        found = await self._deliveries.find_one_and_update(
            {"state": DeliveryState.QUEUED.value, "lane": lane.value, "due_at": {"$lte": now}},
            {"$set": {"lease_until": lease_until, "due_at": lease_until}},
            sort=[("due_at", ASCENDING)],
            return_document=ReturnDocument.AFTER,
        )
        return from_document(found) if found else None

    async def begin_sending(
        self, claimed: Delivery, *, address_masked: str, now: datetime
    ) -> Delivery | None:
        found = await self._deliveries.find_one_and_update(
            _as_held(claimed),
            {
                "$set": {
                    "state": DeliveryState.SENDING.value,
                    "address_masked": address_masked,
                    "sending_at": now,
                    "lease_until": None,
                    "detail": None,
                },
                "$inc": {"attempts": 1},
            },
            return_document=ReturnDocument.AFTER,
        )
        return from_document(found) if found else None

    async def record_sent(self, sending: Delivery, *, provider_id: str, now: datetime) -> None:
        which = _as_held(sending) | {
            "state": {"$in": [DeliveryState.SENDING.value, DeliveryState.UNKNOWN.value]}
        }
        sent = {"state": DeliveryState.SENT.value, "provider_id": provider_id, "sent_at": now, "detail": None}
        await self._deliveries.update_one(which, {"$set": sent})

    async def forget_addresses(self, person_id: UUID) -> Sequence[str]:
        of_person: Document = {"person_id": person_id}
        await self._deliveries.update_many(of_person, {"$set": {"address_masked": ""}})
        found = self._deliveries.find(of_person | {"has_secret": True}, {"reason": 1})
        return [document["reason"] async for document in found]

    async def record_receipt(self, receipt: Receipt) -> bool:
        told: Document = {
            "state": receipt.state.value,
            "receipt_rank": receipt.rank,
            "provider_id": receipt.provider_id,
            "sent_at": receipt.accepted_at,
            "lease_until": None,
            "not_before": None,
            "detail": receipt.detail,
        }
        # A delivery from before there were receipts has no rank at all.
        older: Document = {"$or": [{"receipt_rank": {"$lt": receipt.rank}}, {"receipt_rank": None}]}
        done = await self._deliveries.update_one({"_id": receipt.delivery_id, **older}, {"$set": told})
        return done.modified_count == 1

    async def put_back(self, held: Delivery, *, not_before: datetime, detail: str, attempts: int) -> None:
        queued: Document = {
            "state": DeliveryState.QUEUED.value,
            "not_before": not_before,
            "due_at": not_before,
            "lease_until": None,
            "sending_at": None,
            "detail": detail,
            "attempts": attempts,
        }
        await self._deliveries.update_one(_as_held(held), {"$set": queued})

    async def close(self, held: Delivery, state: DeliveryState, *, detail: str) -> None:
        closed: Document = {"state": state.value, "lease_until": None, "detail": detail}
        await self._deliveries.update_one(_as_held(held), {"$set": closed})

    async def sending_since_before(self, moment: datetime, *, limit: int) -> Sequence[Delivery]:
        lost = self._deliveries.find(
            {"state": DeliveryState.SENDING.value, "sending_at": {"$lt": moment}}, limit=limit
        )
        return [from_document(document) async for document in lost]

    async def unknown_since_before(self, moment: datetime, *, detail: str, limit: int) -> Sequence[Delivery]:
        open_ones = self._deliveries.find(
            {"state": DeliveryState.UNKNOWN.value, "sending_at": {"$lt": moment}, "detail": detail},
            limit=limit,
        )
        return [from_document(document) async for document in open_ones]

    async def any_receipt_of_later_than(self, moment: datetime) -> bool:
        told: Document = {"sent_at": {"$gt": moment}, "receipt_rank": {"$gt": 0}}
        return await self._deliveries.find_one(told, {"_id": 1}) is not None


def _as_held(delivery: Delivery) -> Document:
    """Match the delivery only as its holder knows it: whoever lost the lease or the attempt changes nothing."""
    return {
        "_id": delivery.id,
        "state": delivery.state.value,
        "attempts": delivery.attempts,
        "lease_until": delivery.lease_until,
    }
