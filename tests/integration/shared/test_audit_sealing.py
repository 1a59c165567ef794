"""Sealing in PostgreSQL: concurrency, late commits, what each role may do, and what verification names."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.audit_chain import Head, chain_of, row_hash, seal_rows
from services.shared.kernel.ids import new_id
from services.shared.platform.audit.in_memory import InMemorySegmentBucket
from services.shared.platform.audit.sealer import AuditSealer, Rhythm
from services.shared.platform.audit.verification import ChainReport, Finding, verify
from services.shared.platform.postgres.audit_chain import PLANNER, PostgresChainStore
from services.shared.platform.postgres.database import Scope, audit_row, connect_database
from tests.integration.shared.conftest import Platform

SERVICE = "exam-results"
ROWS = 300
AT = datetime(2026, 11, 5, 12, tzinfo=UTC)
CLINIC = new_id()
CHAIN = chain_of(CLINIC)


@dataclass
class Sealed:
    """A store, its bucket, and a superuser's connection on which triggers do not fire."""

    platform: Platform
    store: PostgresChainStore
    bucket: InMemorySegmentBucket
    superuser: Any

    async def seal(self, *, segment_rows: int = 1000, segment_age_s: float = 3600) -> int:
        rhythm = Rhythm(segment_rows=segment_rows, segment_age_s=segment_age_s)
        return await AuditSealer(SERVICE, self.store, self.bucket, rhythm).round()

    async def check(self) -> ChainReport:
        reports = {report.chain: report for report in await verify(SERVICE, self.store, self.bucket)}
        return reports[CHAIN]

    async def row_at(self, sequence: int) -> UUID:
        found: UUID = await self.superuser.fetchval(
            "SELECT row_id FROM audit_seal WHERE chain = $1 AND sequence = $2", CHAIN, sequence
        )
        return found


def entry(clinic: UUID | None = CLINIC, **fields: Any) -> AuditEntry:
    made = AuditEntry(
        at=AT, actor_id=new_id(), actor_roles=("doctor",), action="exam.read", clinic_id=clinic,
        patient_id=new_id(), resource=f"exam/{new_id()}", address="203.0.113.7",
    )  # fmt: skip
    return replace(made, **fields)


async def add(platform: Platform, entries: list[AuditEntry]) -> None:
    """As the service writes them, many at a time."""
    async with platform.app.write(Scope(clinic_id=CLINIC)) as session:
        for first in range(0, len(entries), 500):
            await session.insert("audit", [audit_row(one) for one in entries[first : first + 500]])


@pytest.fixture
async def sealed(platform: Platform) -> AsyncIterator[Sealed]:
    sealer = await connect_database(platform.sealer_url, size=4, planner=PLANNER)
    superuser = await asyncpg.connect(platform.admin_url)
    await superuser.execute("SET session_replication_role = replica")  # what a thief with all rights would do
    yield Sealed(platform, PostgresChainStore(sealer.pool, SERVICE), InMemorySegmentBucket(), superuser)
    await superuser.close()
    await sealer.close()


@pytest.fixture
async def full(sealed: Sealed) -> Sealed:
    """A chain of 300 rows, the first 200 of which are exported, and one row of no clinic."""
    await add(sealed.platform, [entry() for _ in range(ROWS - 50)])
    await sealed.seal()
    await add(sealed.platform, [*(entry() for _ in range(50)), entry(clinic=None)])
    await sealed.seal(segment_rows=200)
    return sealed


async def test_a_whole_chain_is_found_whole(full: Sealed) -> None:
    report = await full.check()
    assert (report.rows, report.pending, report.finding) == (ROWS, 0, None)
    assert report.exported == 200
    assert sorted(await full.store.chains()) == sorted([CHAIN, "none"])


async def test_one_byte_changed_names_the_row(full: Sealed) -> None:
    victim = await full.row_at(123)
    await full.superuser.execute("UPDATE audit SET address = '203.0.113.8' WHERE id = $1", victim)
    assert (await full.check()).finding == Finding("row_altered", 123, str(victim))


async def test_a_row_removed_is_named(full: Sealed) -> None:
    victim = await full.row_at(150)
    await full.superuser.execute("DELETE FROM audit WHERE id = $1", victim)
    assert (await full.check()).finding == Finding("row_missing", 150, str(victim))


async def test_two_rows_swapped_name_the_first(full: Sealed) -> None:
    one, other = await full.row_at(70), await full.row_at(90)
    swap = "UPDATE audit SET id = $2 WHERE id = $1"
    for before, after in ((one, UUID(int=1)), (other, one), (UUID(int=1), other)):
        await full.superuser.execute(swap, before, after)
    assert (await full.check()).finding == Finding("row_altered", 70, str(one))


async def test_a_row_slipped_in_between_sealed_ones_is_named(full: Sealed) -> None:
    stranger = entry()
    await add(full.platform, [stranger])
    await full.superuser.execute("UPDATE audit SET txid = '1' WHERE id = $1", stranger.id)
    assert await full.seal() == 0
    assert (await full.check()).finding == Finding("row_inserted", None, str(stranger.id))


async def test_a_seal_changed_or_removed_is_named(full: Sealed) -> None:
    victim = await full.row_at(180)
    await full.superuser.execute("UPDATE audit_seal SET sealed_at = now() WHERE row_id = $1", victim)
    assert (await full.check()).finding == Finding("seal_altered", 180, str(victim))
    await full.superuser.execute("DELETE FROM audit_seal WHERE row_id = $1", victim)
    assert (await full.check()).finding == Finding("seal_missing", 180, str(victim))


async def test_a_row_changed_with_its_seal_and_all_after_it_is_named_by_the_export(full: Sealed) -> None:
    """The thief knows how the chain is made, and makes it anew from the changed row on."""
    victim = await full.row_at(130)
    await full.superuser.execute("UPDATE audit SET purpose = 'emergency' WHERE id = $1", victim)
    rows = [item async for item in full.store.sealed(CHAIN, 129)]
    head = Head(129, rows[0].seal.chain_hash)
    for item in rows[1:]:
        assert item.row is not None
        (seal,) = seal_rows(CHAIN, head, [item.row], item.seal.sealed_at)
        head = Head(seal.sequence, seal.chain_hash)
        await full.superuser.execute(
            "UPDATE audit_seal SET row_hash = $2, previous = $3, chain_hash = $4 WHERE row_id = $1",
            seal.row_id, seal.row_hash, seal.previous, seal.chain_hash,
        )  # fmt: skip
    assert (await full.check()).finding == Finding("chain_rewritten", 130, str(victim))


async def test_a_tail_cut_off_is_named_by_the_export(full: Sealed) -> None:
    first_gone = await full.row_at(191)
    await full.superuser.execute(
        "DELETE FROM audit WHERE id IN (SELECT row_id FROM audit_seal WHERE chain = $1 AND sequence > 190)",
        CHAIN,
    )
    await full.superuser.execute("DELETE FROM audit_seal WHERE chain = $1 AND sequence > 190", CHAIN)
    assert (await full.check()).finding == Finding("tail_missing", 191, str(first_gone))


async def test_two_sealers_at_once_make_one_chain(sealed: Sealed) -> None:
    await add(sealed.platform, [entry() for _ in range(1000)])
    sealed_by_each = await asyncio.gather(*(sealed.store.seal(CHAIN, 100) for _ in range(12)))
    while await sealed.seal():
        pass
    assert 100 <= sum(sealed_by_each) <= 1000
    report = await sealed.check()
    assert (report.rows, report.pending, report.finding) == (1000, 0, None)


async def test_a_row_that_commits_late_is_sealed_when_it_comes(sealed: Sealed) -> None:
    late, early = entry(), entry()
    async with sealed.platform.app.write(Scope(clinic_id=CLINIC)) as session:
        await session.audit(late)
        await add(sealed.platform, [early])
        assert await sealed.seal() == 0  # what is younger than an open transaction waits for it
    assert await sealed.seal() == 2
    assert [await sealed.row_at(1), await sealed.row_at(2)] == [late.id, early.id]
    assert (await sealed.check()).finding is None


async def test_a_transaction_undone_leaves_no_gap(sealed: Sealed) -> None:
    async def fail() -> None:
        async with sealed.platform.app.write(Scope(clinic_id=CLINIC)) as session:
            await session.audit(entry())
            raise LookupError("stop")

    with pytest.raises(LookupError, match="stop"):
        await fail()
    await add(sealed.platform, [entry()])
    assert await sealed.seal() == 1


async def test_rows_are_sealed_after_a_restore_into_a_server_that_counts_from_the_beginning(
    sealed: Sealed,
) -> None:
    await add(sealed.platform, [entry(), entry()])
    await sealed.seal()
    await sealed.superuser.execute("UPDATE audit_seal SET txid = '9000000000000000000'")
    await sealed.superuser.execute("UPDATE audit SET txid = '9000000000000000000'")
    await add(sealed.platform, [entry()])
    assert await sealed.seal() == 1
    report = await sealed.check()
    assert (report.rows, report.finding) == (3, None)


async def test_a_crash_between_export_and_its_mark_exports_the_same_again(sealed: Sealed) -> None:
    await add(sealed.platform, [entry() for _ in range(10)])
    while await sealed.store.seal(CHAIN, 10):
        pass
    segment = await sealed.store.next_segment(5, 0)
    assert segment is not None  # its bounds are written down, and then the process dies
    await add(sealed.platform, [entry() for _ in range(3)])
    await sealed.seal(segment_rows=5, segment_age_s=3600)
    await sealed.seal(segment_rows=5, segment_age_s=0)
    names = [key for key in sealed.bucket.versions if key.endswith(".jsonl")]
    assert [key.rpartition("/")[2] for key in names] == [
        "000000000001-000000000005.jsonl", "000000000006-000000000010.jsonl", "000000000011-000000000013.jsonl",
    ]  # fmt: skip
    assert all(len(versions) == 1 for versions in sealed.bucket.versions.values())
    assert (await sealed.check()).finding is None


async def test_an_exported_object_replaced_changes_nothing_and_one_altered_is_found(full: Sealed) -> None:
    key = next(key for key in full.bucket.versions if key.endswith(".jsonl"))
    await full.bucket.put(key, b"{}\n")
    assert (await full.check()).finding is None
    full.bucket.versions[key][0] = full.bucket.versions[key][0].replace(b"203.0.113.7", b"203.0.113.8", 1)
    assert (await full.check()).finding == Finding("segment_altered", 1, None)


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO audit (id, at, actor_id, actor_roles, action, purpose) "
        "VALUES (gen_random_uuid(), now(), gen_random_uuid(), '{}', 'x', 'x')",
        "UPDATE audit SET purpose = 'x'",
        "DELETE FROM audit",
        "UPDATE audit_seal SET sealed_at = now()",
        "DELETE FROM audit_seal",
        "TRUNCATE audit_seal",
        "DELETE FROM audit_segment",
        "SELECT * FROM outbox",
        "SELECT * FROM notes",
        "SELECT * FROM idempotency",
    ],
)
async def test_the_sealer_may_read_rows_and_add_seals_and_nothing_else(platform: Platform, sql: str) -> None:
    sealer = await connect_database(platform.sealer_url, size=1)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await sealer.pool.execute(sql)
    finally:
        await sealer.close()


@pytest.mark.parametrize("table", ["audit", "audit_seal", "audit_segment", "audit_segment_stored"])
async def test_the_app_reads_neither_rows_nor_seals(platform: Platform, table: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with platform.app.read(Scope(clinic_id=CLINIC)) as session:
            await session.rows(f"SELECT 1 FROM {table}")


async def test_the_app_cannot_say_which_transaction_a_row_is_of(platform: Platform) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with platform.app.write(Scope(clinic_id=CLINIC)) as session:
            await session.execute(
                """INSERT INTO audit (id, at, actor_id, actor_roles, action, purpose, txid)
                   VALUES (gen_random_uuid(), now(), gen_random_uuid(), '{}', 'x', 'x', '1')"""
            )


async def test_a_superuser_meets_the_trigger_on_seals_too(sealed: Sealed) -> None:
    await add(sealed.platform, [entry()])
    await sealed.seal()
    await sealed.superuser.execute("SET session_replication_role = DEFAULT")
    for change in (
        "UPDATE audit_seal SET sealed_at = now()",
        "DELETE FROM audit_seal",
        "TRUNCATE audit_seal",
    ):
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            await sealed.superuser.execute(change)


async def test_what_is_sealed_is_what_the_service_wrote(sealed: Sealed) -> None:
    one = entry(trace_id="a" * 32, address=None, at=AT.replace(microsecond=1))
    await add(sealed.platform, [one])
    await sealed.seal()
    (found,) = [item async for item in sealed.store.sealed(CHAIN)]
    assert (found.row, found.seal.row_hash) == (one, row_hash(one))
