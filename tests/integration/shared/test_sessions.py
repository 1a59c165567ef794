"""Transactions on a real PostgreSQL: row-level security, append-only audit, and a server that goes away."""

import contextlib
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from services.shared.platform.postgres.database import NothingCommitted, Scope, connect_database
from tests.integration.shared.conftest import Platform

CLINIC_A, CLINIC_B = new_id(), new_id()


async def add_note(platform: Platform, clinic: UUID, scope: Scope) -> None:
    async with platform.app.write(scope) as session:
        await session.execute("INSERT INTO notes VALUES ($1, $2, 'x')", new_id(), clinic)


async def test_a_clinic_sees_its_own_rows_alone(platform: Platform) -> None:
    await add_note(platform, CLINIC_A, Scope(clinic_id=CLINIC_A))
    await add_note(platform, CLINIC_B, Scope(clinic_id=CLINIC_B))
    async with platform.app.read(Scope(clinic_id=CLINIC_A)) as session:
        assert [row["clinic_id"] for row in await session.rows("SELECT * FROM notes")] == [CLINIC_A]


async def test_a_transaction_without_scope_sees_and_writes_nothing(platform: Platform) -> None:
    await add_note(platform, CLINIC_A, Scope(clinic_id=CLINIC_A))
    async with platform.app.read(Scope()) as session:
        assert await session.rows("SELECT * FROM notes") == []
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await add_note(platform, CLINIC_A, Scope())


async def test_a_row_for_another_clinic_is_refused(platform: Platform) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await add_note(platform, CLINIC_B, Scope(clinic_id=CLINIC_A))


async def test_the_scope_does_not_leak_into_the_next_transaction(platform: Platform) -> None:
    await add_note(platform, CLINIC_A, Scope(clinic_id=CLINIC_A))
    for _ in range(10):
        async with platform.app.read(Scope(clinic_id=CLINIC_B)) as session:
            assert await session.rows("SELECT * FROM notes") == []


async def test_an_exception_rolls_everything_back(platform: Platform) -> None:
    async def fail() -> None:
        async with platform.app.write(Scope(clinic_id=CLINIC_A)) as session:
            await session.execute("INSERT INTO notes VALUES ($1, $2, 'x')", new_id(), CLINIC_A)
            raise LookupError("stop")

    with pytest.raises(LookupError, match="stop"):
        await fail()
    async with platform.app.read(Scope(clinic_id=CLINIC_A)) as session:
        assert await session.value("SELECT count(*) FROM notes") == 0


async def test_a_swallowed_failure_is_not_taken_for_a_commit(platform: Platform) -> None:
    async def swallow() -> None:
        async with platform.app.write(Scope(clinic_id=CLINIC_A)) as session:
            await session.execute("INSERT INTO notes VALUES ($1, $2, 'x')", new_id(), CLINIC_A)
            with contextlib.suppress(asyncpg.PostgresError):
                await session.execute("SELECT 1 / 0")

    with pytest.raises(NothingCommitted):
        await swallow()


async def test_audit_rows_can_be_added_and_never_read_changed_or_removed(platform: Platform) -> None:
    entry = AuditEntry(
        at=datetime.now(UTC),
        actor_id=new_id(),
        actor_roles=("doctor",),
        action="exam.read",
        clinic_id=CLINIC_A,
    )
    async with platform.app.read(Scope(clinic_id=CLINIC_A)) as session:
        await session.audit(entry)
    for statement in ("SELECT * FROM audit", "UPDATE audit SET action = 'x'", "DELETE FROM audit"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with platform.app.write(Scope(clinic_id=CLINIC_A)) as session:
                await session.execute(statement)


async def test_a_database_that_is_away_is_said_to_be_unavailable(platform: Platform) -> None:
    async def read() -> None:
        async with platform.app.read(Scope(clinic_id=CLINIC_A)) as session:
            await session.value("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(LaudoError, match="unavailable"):
        await read()
    await platform.app.ping()


async def test_the_relays_role_sees_no_table_but_the_outbox(platform: Platform) -> None:
    relay = await connect_database(platform.relay_url, size=1)
    for table in ("notes", "audit", "inbox", "idempotency"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with relay.read(Scope(clinic_id=CLINIC_A)) as session:
                await session.rows(f"SELECT * FROM {table}")
    await relay.close()
