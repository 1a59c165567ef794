"""Seals of the audit rows in Mongo. Inserts only: unique (chain, sequence) and unique rows keep it one chain.

Two sealers at once insert the same sequence: the second fails at its first document and stops, since documents are
inserted in order. A row may come a moment after its time; each round looks at ten minutes before the last seal, and
every six hours, and at a start, at three days. What comes later still is never sealed, and verification names it.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import BulkWriteError, DuplicateKeyError

from services.notification.infrastructure.persistence.database import Database, Document
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.audit_chain import Head, Seal, chain_of, clinic_of_chain, seal_rows, start_of
from services.shared.platform.audit.ports import SealedRow, Segment, Unsealed

_LATE, _VERY_LATE, _LOOK_FAR_EVERY = timedelta(minutes=10), timedelta(days=3), timedelta(hours=6)
_PAGE = 500
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class MongoChainStore:
    def __init__(self, database: Database, service: str) -> None:
        self._audit = database["audit"]
        self._seals = database["audit_seals"]
        self._segments = database["audit_segments"]
        self._stored = database["audit_segments_stored"]
        self._service = service
        self._looked_far: dict[str, datetime] = {}

    async def chains(self) -> Sequence[str]:
        rows = {chain_of(clinic) for clinic in await self._audit.distinct("clinic_id")}
        return sorted({*rows, *await self._seals.distinct("chain")})

    async def to_seal(self) -> Sequence[str]:
        return await self.chains()

    async def seal(self, chain: str, limit: int) -> int:
        last = await self._last(chain)
        head = Head(last["sequence"], last["chain_hash"]) if last else start_of(self._service, chain)
        rows = await self._rows_to_seal(chain, last, limit)
        # Mongo keeps milliseconds, and what is hashed must be what is kept.
        now = datetime.now(UTC)
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        seals = seal_rows(chain, head, [read_entry(row) for row in rows], now)
        if not seals:
            return 0
        try:
            await self._seals.insert_many([_document(seal) for seal in seals], ordered=True)
        except BulkWriteError as error:  # another sealer was faster
            return int(error.details["nInserted"])
        return len(seals)

    async def _rows_to_seal(self, chain: str, last: Document | None, limit: int) -> list[Document]:
        now = datetime.now(UTC)
        far = now - self._looked_far.get(chain, _BEGINNING) > _LOOK_FAR_EVERY
        since = last["sealed_at"] - (_VERY_LATE if far else _LATE) if last else _BEGINNING
        found: list[Document] = []
        async for row in self._not_sealed(chain, since):
            found.append(row)
            if len(found) == limit:
                return found
        if far:
            self._looked_far[chain] = now
        return found

    async def _not_sealed(self, chain: str, since: datetime) -> AsyncIterator[Document]:
        rows = self._audit.find({"clinic_id": clinic_of_chain(chain), "at": {"$gte": since}}).sort(
            "at", ASCENDING
        )
        page: list[Document] = []
        async for row in rows:
            page.append(row)
            if len(page) == _PAGE:
                for left in await self._without_seal(page):
                    yield left
                page = []
        for left in await self._without_seal(page):
            yield left

    async def _without_seal(self, rows: list[Document]) -> list[Document]:
        ids = [row["_id"] for row in rows]
        sealed = {seal["row_id"] async for seal in self._seals.find({"row_id": {"$in": ids}}, {"row_id": 1})}
        return [row for row in rows if row["_id"] not in sealed]

    async def next_segment(self, rows: int, older_than_s: float) -> Segment | None:
        oldest = datetime.now(UTC) - timedelta(seconds=older_than_s)
        for chain in await self._seals.distinct("chain"):
            planned = await self._segments.find_one({"chain": chain}, sort=[("first", DESCENDING)])
            if planned and not await self._stored.find_one({"_id": planned["_id"]}):
                return Segment(chain, planned["first"], planned["last"])
            first = planned["last"] + 1 if planned else 1
            begin = await self._seals.find_one({"chain": chain, "sequence": first})
            last = await self._last(chain)
            if begin is None or last is None:
                continue
            if last["sequence"] >= first + rows - 1 or begin["sealed_at"] <= oldest:
                return await self._plan(Segment(chain, first, min(first + rows - 1, last["sequence"])))
        return None

    async def _plan(self, segment: Segment) -> Segment | None:
        fields = {"chain": segment.chain, "first": segment.first, "last": segment.last}
        try:
            await self._segments.insert_one({"_id": _segment_id(segment), **fields})
        except DuplicateKeyError:  # another sealer was faster
            return None
        return segment

    async def exported(self, segment: Segment) -> None:
        try:
            await self._stored.insert_one({"_id": _segment_id(segment), "stored_at": datetime.now(UTC)})
        except DuplicateKeyError:
            return

    async def sealed(self, chain: str, first: int = 1, last: int | None = None) -> AsyncIterator[SealedRow]:
        bounds = {"$gte": first} | ({} if last is None else {"$lte": last})
        page: list[Document] = []
        async for seal in self._seals.find({"chain": chain, "sequence": bounds}).sort("sequence", ASCENDING):
            page.append(seal)
            if len(page) == _PAGE:
                for pair in await self._with_rows(page):
                    yield pair
                page = []
        for pair in await self._with_rows(page):
            yield pair

    async def _with_rows(self, seals: list[Document]) -> list[SealedRow]:
        ids = [seal["row_id"] for seal in seals]
        rows = {row["_id"]: row async for row in self._audit.find({"_id": {"$in": ids}})}
        return [
            SealedRow(_seal(seal), read_entry(rows[seal["row_id"]]) if seal["row_id"] in rows else None)
            for seal in seals
        ]

    async def unsealed(self, chain: str) -> Unsealed:
        last = await self._last(chain)
        decided = last["sealed_at"] - _VERY_LATE if last else _BEGINNING
        rows = [row async for row in self._not_sealed(chain, _BEGINNING)]
        foreign = [row["_id"] for row in rows if row["at"] < decided]
        return Unsealed(len(rows) - len(foreign), foreign)

    async def _last(self, chain: str) -> Document | None:
        return await self._seals.find_one({"chain": chain}, sort=[("sequence", DESCENDING)])


def _segment_id(segment: Segment) -> str:
    return f"{segment.chain}/{segment.first}"


def _document(seal: Seal) -> Document:
    return {
        "chain": seal.chain,
        "sequence": seal.sequence,
        "row_id": seal.row_id,
        "row_hash": seal.row_hash,
        "previous": seal.previous,
        "chain_hash": seal.chain_hash,
        "sealed_at": seal.sealed_at,
    }


def _seal(document: Document) -> Seal:
    return Seal(**{name: value for name, value in document.items() if name != "_id"})


def read_entry(row: Document) -> AuditEntry:
    fields: dict[str, Any] = {
        name: value for name, value in row.items() if name not in {"_id", "actor_roles"}
    }
    return AuditEntry(id=row["_id"], actor_roles=tuple(row["actor_roles"]), **fields)
