"""Sealing over every store: one contract for memory, PostgreSQL, DynamoDB and Mongo.

What one store alone promises (late commits, roles, triggers) is in tests/integration.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from infra.local.provision.databases import DatabaseUrls
from services.exam_results.infrastructure.persistence.constraints import CONSTRAINTS
from services.file_management.infrastructure.dynamodb.audit import DynamoAuditTrail
from services.file_management.infrastructure.dynamodb.audit_chain import DynamoChainStore
from services.file_management.infrastructure.dynamodb.table import TableAddress, connect_table
from services.notification.infrastructure.persistence.audit import MongoAuditLog
from services.notification.infrastructure.persistence.audit_chain import MongoChainStore
from services.notification.infrastructure.persistence.database import connect, ensure_indexes
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.audit_chain import chain_of, row_hash
from services.shared.kernel.ids import new_id
from services.shared.platform.audit.in_memory import InMemoryChainStore, InMemorySegmentBucket
from services.shared.platform.audit.ports import ChainStore, Segment
from services.shared.platform.audit.sealer import AuditSealer, Rhythm
from services.shared.platform.audit.verification import ChainReport, Finding, verify
from services.shared.platform.postgres.audit_chain import PLANNER, PostgresChainStore
from services.shared.platform.postgres.database import Scope, connect_database
from tests.integration.exam_results.database import migrated
from tests.support.embedded import EmbeddedAws

SERVICE = "a-service"


@dataclass
class Kit:
    """A store, a way to write rows as the service does, and a thief with all rights on the store."""

    store: ChainStore
    another: ChainStore  # of another process
    record: Callable[[AuditEntry], Awaitable[None]]
    change: Callable[[UUID, str], Awaitable[None]]  # the row's address
    remove: Callable[[UUID], Awaitable[None]]
    clinic: UUID

    @property
    def chain(self) -> str:
        return chain_of(self.clinic)

    async def rows(self, count: int) -> list[AuditEntry]:
        now = datetime.now(UTC).replace(microsecond=0)  # Mongo keeps milliseconds
        made = [
            AuditEntry(
                at=now + timedelta(milliseconds=n), actor_id=new_id(), actor_roles=("doctor", "releaser"),
                action="exam.read", clinic_id=self.clinic, patient_id=new_id(), address="203.0.113.7",
            )
            for n in range(count)
        ]  # fmt: skip
        for one in made:
            await self.record(one)
        return made

    async def check(self, bucket: InMemorySegmentBucket) -> ChainReport:
        reports = {report.chain: report for report in await verify(SERVICE, self.store, bucket)}
        return reports[self.chain]


async def _memory(_: pytest.FixtureRequest) -> AsyncIterator[Kit]:
    store = InMemoryChainStore(SERVICE)

    async def record(entry: AuditEntry) -> None:
        store.rows[entry.id] = entry

    async def change(row_id: UUID, address: str) -> None:
        store.rows[row_id] = replace(store.rows[row_id], address=address)

    async def remove(row_id: UUID) -> None:
        del store.rows[row_id]

    yield Kit(store, store, record, change, remove, new_id())


async def _postgres(request: pytest.FixtureRequest) -> AsyncIterator[Kit]:
    urls: DatabaseUrls = request.getfixturevalue("exam_results_database")
    app = await connect_database(urls.app, size=2, constraints=CONSTRAINTS)
    sealer = await connect_database(urls.sealer, size=4, planner=PLANNER)
    admin_url = request.getfixturevalue("postgres_admin_url")
    admin = await asyncpg.connect(admin_url.rpartition("/")[0] + "/" + urls.app.rpartition("/")[2])
    await admin.execute("SET session_replication_role = replica")

    async def record(entry: AuditEntry) -> None:
        async with app.read(Scope(clinic_id=entry.clinic_id)) as session:
            await session.audit(entry)

    async def change(row_id: UUID, address: str) -> None:
        await admin.execute("UPDATE audit SET address = $2 WHERE id = $1", row_id, address)

    async def remove(row_id: UUID) -> None:
        await admin.execute("DELETE FROM audit WHERE id = $1", row_id)

    store = PostgresChainStore(sealer.pool, SERVICE)
    yield Kit(store, PostgresChainStore(sealer.pool, SERVICE), record, change, remove, new_id())
    for closing in (admin, app, sealer):
        await closing.close()


async def _dynamodb(request: pytest.FixtureRequest) -> AsyncIterator[Kit]:
    aws = request.getfixturevalue("aws")
    mine = aws.credentials["file-management"]
    table = connect_table(
        TableAddress("laudo-files", aws.region, aws.url, mine.access_key_id, mine.secret_access_key)
    )
    admin = aws.admin("dynamodb")
    clinic = new_id()

    def key(row_id: UUID) -> dict[str, Any]:
        (row,) = [
            row
            for day in (datetime.now(UTC).date(), (datetime.now(UTC) - timedelta(hours=1)).date())
            for row in table.audit.query(f"AUDIT#{clinic}#{day}")
            if row.sk.endswith(str(row_id))
        ][:1]
        return {"pk": {"S": row.pk}, "sk": {"S": row.sk}}

    async def change(row_id: UUID, address: str) -> None:
        admin.update_item(
            TableName="laudo-files", Key=key(row_id), UpdateExpression="SET address = :a",
            ExpressionAttributeValues={":a": {"S": address}},
        )  # fmt: skip

    async def remove(row_id: UUID) -> None:
        admin.delete_item(TableName="laudo-files", Key=key(row_id))

    store = DynamoChainStore(table, SERVICE)
    yield Kit(store, DynamoChainStore(table, SERVICE), DynamoAuditTrail(table).record, change, remove, clinic)


async def _mongo(request: pytest.FixtureRequest) -> AsyncIterator[Kit]:
    async with connect(request.getfixturevalue("mongo_url")) as client:
        database = client[request.getfixturevalue("mongo_database_name")]
        await ensure_indexes(database)

        async def change(row_id: UUID, address: str) -> None:
            await database["audit"].update_one({"_id": row_id}, {"$set": {"address": address}})

        async def remove(row_id: UUID) -> None:
            await database["audit"].delete_one({"_id": row_id})

        store = MongoChainStore(database, SERVICE)
        another = MongoChainStore(database, SERVICE)
        yield Kit(store, another, MongoAuditLog(database).record, change, remove, new_id())


_KITS = {"memory": _memory, "postgres": _postgres, "dynamodb": _dynamodb, "mongo": _mongo}


@pytest.fixture(scope="module")
async def exam_results_database(new_database: Callable[[str], DatabaseUrls]) -> DatabaseUrls:
    return await migrated(new_database)


@pytest.fixture(params=_KITS)
async def kit(
    request: pytest.FixtureRequest, exam_results_database: DatabaseUrls, aws: EmbeddedAws, mongo_url: str
) -> AsyncIterator[Kit]:
    """The servers are asked for beforehand: they are not started from inside a running loop."""
    async for made in _KITS[request.param](request):
        yield made


async def test_rows_are_sealed_once_oldest_first_and_come_back_as_they_were(kit: Kit) -> None:
    rows = await kit.rows(7)
    assert kit.chain in await kit.store.to_seal()
    assert [await kit.store.seal(kit.chain, 5) for _ in range(3)] == [5, 2, 0]
    sealed = [item async for item in kit.store.sealed(kit.chain)]
    assert [item.row for item in sealed] == rows
    assert [item.seal.sequence for item in sealed] == list(range(1, 8))
    assert [item.seal.row_hash for item in sealed] == [row_hash(row) for row in rows]
    assert [item.seal.sequence async for item in kit.store.sealed(kit.chain, 3, 5)] == [3, 4, 5]
    assert kit.chain in await kit.store.chains()


async def test_what_is_not_sealed_yet_is_pending(kit: Kit) -> None:
    await kit.rows(2)
    assert (await kit.store.unsealed(kit.chain)).pending == 2
    await kit.store.seal(kit.chain, 100)
    assert (await kit.store.unsealed(kit.chain)).pending == 0


async def test_two_at_once_make_one_chain_and_miss_nothing(kit: Kit) -> None:
    rows = await kit.rows(120)
    await asyncio.gather(*(store.seal(kit.chain, 30) for _ in range(4) for store in (kit.store, kit.another)))
    while await kit.store.seal(kit.chain, 30):
        pass
    sealed = [item async for item in kit.another.sealed(kit.chain)]
    assert [item.seal.sequence for item in sealed] == list(range(1, 121))
    assert {item.seal.row_id for item in sealed} == {row.id for row in rows}
    assert (await kit.check(InMemorySegmentBucket())).finding is None


async def test_rows_of_no_clinic_have_a_chain_of_their_own(kit: Kit) -> None:
    (row,) = await kit.rows(1)
    alone = replace(row, id=new_id(), clinic_id=None)
    await kit.record(alone)
    await kit.store.seal(kit.chain, 100)
    while await kit.store.seal("none", 100):
        pass
    assert alone in [item.row async for item in kit.store.sealed("none")]
    assert alone not in [item.row async for item in kit.store.sealed(kit.chain)]


async def test_a_row_that_comes_later_with_an_earlier_time_is_sealed(kit: Kit) -> None:
    (row,) = await kit.rows(1)
    await kit.store.seal(kit.chain, 100)
    late = replace(row, id=new_id(), at=row.at - timedelta(minutes=1))
    await kit.record(late)
    assert await kit.store.seal(kit.chain, 100) == 1
    assert (await kit.check(InMemorySegmentBucket())).rows == 2


async def test_a_changed_and_a_removed_row_are_named(kit: Kit) -> None:
    rows = await kit.rows(120)
    bucket = InMemorySegmentBucket()
    await AuditSealer(SERVICE, kit.store, bucket, Rhythm(segment_rows=50)).round()
    assert (await kit.check(bucket)).finding is None
    await kit.change(rows[110].id, "203.0.113.8")
    assert (await kit.check(bucket)).finding == Finding("row_altered", 111, str(rows[110].id))
    await kit.remove(rows[70].id)
    assert (await kit.check(bucket)).finding == Finding("row_missing", 71, str(rows[70].id))


async def mine(kit: Kit, rows: int, older_than_s: float) -> Segment | None:
    """The kit's own next segment; others of a shared store are settled on the way."""
    while segment := await kit.store.next_segment(rows, older_than_s):
        if segment.chain == kit.chain:
            return segment
        await kit.store.exported(segment)
    return None


async def test_a_segments_bounds_stay_until_it_is_exported(kit: Kit) -> None:
    await kit.rows(5)
    await kit.store.seal(kit.chain, 100)
    assert await mine(kit, 10, 3600) is None
    assert await mine(kit, 10, 0) == Segment(kit.chain, 1, 5)
    await kit.rows(3)
    await kit.store.seal(kit.chain, 100)
    assert await mine(kit, 2, 0) == Segment(kit.chain, 1, 5)
    for _ in range(2):
        await kit.store.exported(Segment(kit.chain, 1, 5))
    assert await mine(kit, 2, 3600) == Segment(kit.chain, 6, 7)
    await kit.store.exported(Segment(kit.chain, 6, 7))
    assert await mine(kit, 2, 3600) is None
