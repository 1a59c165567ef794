"""The Mongo database: one client, journaled writes, and every index the queries need."""

from typing import Any

from pymongo import ASCENDING, DESCENDING, AsyncMongoClient, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

Document = dict[str, Any]
Database = AsyncDatabase[Document]

_INBOX_KEPT_S = 15 * 24 * 3600  # a day over the longest a message can rest in a queue or its dead letters
_NEWEST_FIRST = [("created_at", DESCENDING), ("_id", DESCENDING)]

INDEXES: dict[str, list[IndexModel]] = {
    "deliveries": [
        IndexModel([("state", ASCENDING), ("lane", ASCENDING), ("due_at", ASCENDING)], name="due"),
        IndexModel([("state", ASCENDING), ("sending_at", ASCENDING)], name="lost"),
        IndexModel([("sent_at", ASCENDING)], name="sent"),
        IndexModel([("person_id", ASCENDING), *_NEWEST_FIRST], name="of_person"),
        IndexModel([("clinic_id", ASCENDING), *_NEWEST_FIRST], name="of_clinic"),
        IndexModel([("exam_id", ASCENDING), *_NEWEST_FIRST], name="of_exam"),
    ],
    "parked": [IndexModel([("person_id", ASCENDING)], name="of_person")],
    "inbox": [IndexModel([("at", ASCENDING)], name="old", expireAfterSeconds=_INBOX_KEPT_S)],
    "secrets": [IndexModel([("until", ASCENDING)], name="expired", expireAfterSeconds=0)],
    "audit": [
        IndexModel([("clinic_id", ASCENDING), ("at", DESCENDING)], name="of_clinic"),
        IndexModel([("patient_id", ASCENDING), ("at", DESCENDING)], name="of_patient"),
    ],
    "audit_seals": [
        IndexModel([("chain", ASCENDING), ("sequence", ASCENDING)], name="one_per_sequence", unique=True),
        IndexModel([("row_id", ASCENDING)], name="one_per_row", unique=True),
    ],
    "audit_segments": [IndexModel([("chain", ASCENDING), ("first", ASCENDING)], name="of_chain")],
}


def connect(url: str, *, pool: int = 50) -> AsyncMongoClient[Document]:
    """Return a client bound to the running event loop. Every write waits for the journal."""
    return AsyncMongoClient(
        url,
        w=1,
        journal=True,
        uuidRepresentation="standard",
        tz_aware=True,
        maxPoolSize=pool,
        serverSelectionTimeoutMS=3000,
        connectTimeoutMS=2000,
        socketTimeoutMS=10_000,
    )


async def ensure_indexes(database: Database) -> None:
    for collection, indexes in INDEXES.items():
        await database[collection].create_indexes(indexes)
