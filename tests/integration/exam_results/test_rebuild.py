"""The read table is worked out of the stream, and can be again."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest

from infra.local.provision.databases import DatabaseUrls
from services.exam_results.infrastructure.persistence.rebuild import rebuild_projections
from services.shared.kernel.clock import FixedClock
from services.shared.platform.postgres.database import Scope
from tests.integration.exam_results.database import Installation, installed, migrated
from tests.unit.exam_results.samples import LIFECYCLE, NOW, Clinic, Job


@pytest.fixture
async def alone(new_database: Callable[[str], DatabaseUrls]) -> AsyncIterator[Installation]:
    """A database that no other test writes to."""
    async with installed(await migrated(new_database)) as ready:
        yield ready


async def rows(installation: Installation, clinics: list[Clinic]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for clinic in clinics:
        async with installation.database.read(Scope(clinic_id=clinic.id)) as session:
            found += [dict(row) for row in await session.rows("SELECT * FROM exams ORDER BY exam_id")]
    return found


async def filled(installation: Installation) -> list[Clinic]:
    """Exams in every state that this issue knows, in two clinics."""
    job = Job(installation.transactions, FixedClock(NOW))
    clinics = [await installation.clinic(), await installation.clinic()]
    for clinic in clinics:
        await job.register(clinic, scheduled_at=NOW + timedelta(days=1))
        await job.completed(clinic)
        await job.released(clinic)
        await job.opened(clinic)
        await job.opened(clinic, "HIV", {"HIV": "R"})
        back = await job.completed(clinic)
        await job.send_back(clinic, back.facts.id)
        again = await job.register(clinic)
        await job.collect(clinic, again.facts.id)
        async with job.transactions.change(clinic.technician.principal, again.facts.id) as work:
            await job.desk.recollect.run(work, clinic.technician, again.facts.id, "hemólise")
        gone = await job.register(clinic)
        async with job.transactions.change(clinic.doctor.principal, gone.facts.id) as work:
            await job.desk.cancel.run(work, clinic.doctor, gone.facts.id, "desistência")
    return clinics


async def test_a_rebuild_makes_the_identical_rows(alone: Installation) -> None:
    clinics = await filled(alone)
    before = await rows(alone, clinics)
    assert len(before) == 16
    for clinic in clinics:
        async with alone.database.write(Scope(clinic_id=clinic.id)) as session:
            await session.execute("DELETE FROM exams")
    assert await rows(alone, clinics) == []
    assert await rebuild_projections(alone.database, LIFECYCLE) == 16
    assert await rows(alone, clinics) == before


async def test_a_rebuild_mends_wrong_rows_and_drops_those_without_a_stream(alone: Installation) -> None:
    clinics = await filled(alone)
    before = await rows(alone, clinics)
    async with alone.database.write(Scope(clinic_id=clinics[0].id)) as session:
        await session.execute("UPDATE exams SET state = 'released', results = '[]'")
        await session.execute(
            """INSERT INTO exams SELECT (r).* FROM (
                 SELECT jsonb_populate_record(e, jsonb_build_object(
                   'exam_id', gen_random_uuid(), 'protocol', 'X')) AS r
                 FROM exams e LIMIT 1) orphan"""
        )
    await rebuild_projections(alone.database, LIFECYCLE)
    assert await rows(alone, clinics) == before


async def test_a_rebuild_neither_tells_nor_audits_anything(alone: Installation) -> None:
    import asyncpg

    await filled(alone)
    relay = await asyncpg.connect(alone.urls.relay.replace("+asyncpg", ""))
    before = await relay.fetchval("SELECT count(*) FROM outbox")
    await rebuild_projections(alone.database, LIFECYCLE)
    assert await relay.fetchval("SELECT count(*) FROM outbox") == before
    await relay.close()


async def test_migrating_again_changes_nothing(alone: Installation) -> None:
    from services.exam_results.bootstrap.migrate import migrate
    from services.shared.platform.settings import PostgresSettings

    clinics = await filled(alone)
    before = await rows(alone, clinics)
    await migrate(
        PostgresSettings(
            database_url=alone.urls.app,
            relay_database_url=alone.urls.relay,
            sealer_database_url=alone.urls.sealer,
            owner_database_url=alone.urls.owner,
        )
    )
    assert await rows(alone, clinics) == before
