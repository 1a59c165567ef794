"""PostgreSQL itself keeps clinics and people apart, whatever SQL is sent."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.exam_results.application.ports import RecordedRelation
from services.exam_results.infrastructure.persistence.people import PostgresPeople
from services.shared.kernel.ids import new_id
from services.shared.kernel.relations import Kind, Relation
from services.shared.platform.postgres.database import Database, Scope
from tests.integration.exam_results.database import Installation
from tests.unit.exam_results.samples import NOW, Clinic, Job

CLINICAL = ("exam_events", "exams", "reports", "exam_files", "patients", "accounts", "outbox")


async def count(database: Database, scope: Scope, table: str) -> int:
    async with database.read(scope) as session:
        found: int = await session.value(f"SELECT count(*) FROM {table}")
        return found


@pytest.fixture
async def both(installation: Installation, job: Job, clinic: Clinic) -> Clinic:
    """A second clinic with an exam of its own, beside the first."""
    other = await installation.clinic()
    for each in (clinic, other):
        await job.opened(each)
    return other


READABLE = [table for table in CLINICAL if table != "outbox"]


@pytest.mark.parametrize("table", READABLE)
async def test_a_session_of_one_clinic_sees_no_row_of_another(
    installation: Installation, clinic: Clinic, both: Clinic, table: str
) -> None:
    async with installation.database.read(Scope(clinic_id=clinic.id)) as session:
        clinics = {row["clinic_id"] for row in await session.rows(f"SELECT clinic_id FROM {table}")}
    assert clinics <= {clinic.id}
    assert both.id not in clinics


@pytest.mark.parametrize("table", READABLE)
async def test_a_session_without_a_scope_sees_nothing(
    installation: Installation, both: Clinic, table: str
) -> None:
    assert await count(installation.database, Scope(), table) == 0


async def test_a_patients_session_sees_the_own_rows_alone(
    installation: Installation, clinic: Clinic, both: Clinic
) -> None:
    scope = Scope(person_id=clinic.person_id)
    async with installation.database.read(scope) as session:
        assert {row["person_id"] for row in await session.rows("SELECT person_id FROM exams")} == {
            clinic.person_id
        }
        assert {row["person_id"] for row in await session.rows("SELECT person_id FROM patients")} == {
            clinic.person_id
        }
    for table in ("exam_events", "reports", "exam_files"):
        assert await count(installation.database, scope, table) == 0


async def test_no_row_of_another_clinic_can_be_written(
    installation: Installation, clinic: Clinic, both: Clinic
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with installation.database.write(Scope(clinic_id=clinic.id)) as session:
            await PostgresPeople(session).put_patient(both.patient_record(id=clinic.doctor_id), 1)
    async with installation.database.write(Scope(clinic_id=clinic.id)) as session:
        assert await session.execute("UPDATE exams SET state = 'cancelled'") == "UPDATE 1"
        assert (
            await session.execute("UPDATE patients SET name = 'X' WHERE clinic_id = $1", both.id)
            == "UPDATE 0"
        )
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with installation.database.write(Scope(clinic_id=clinic.id)) as session:
            await session.execute("UPDATE laboratories SET name = 'X' WHERE clinic_id = $1", both.id)


@pytest.mark.parametrize("table", ["exam_events", "reports", "audit"])
@pytest.mark.parametrize("change", ["UPDATE {} SET clinic_id = clinic_id", "DELETE FROM {}", "TRUNCATE {}"])
async def test_what_is_append_only_refuses_the_service_and_its_owner(
    installation: Installation, job: Job, clinic: Clinic, table: str, change: str
) -> None:
    await job.opened(clinic)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with installation.database.write(Scope(clinic_id=clinic.id)) as session:
            await session.execute(change.format(table))
    admin = await asyncpg.connect(installation.urls.owner.replace("+asyncpg", ""))
    try:
        if change.startswith("TRUNCATE"):
            with pytest.raises(asyncpg.RaiseError, match="append-only"):
                await admin.execute(change.format(table))
        else:  # forced row-level security hides every row from the owner
            assert (await admin.execute(change.format(table))).endswith(" 0")
    finally:
        await admin.close()


async def test_even_a_superuser_meets_the_trigger(
    installation: Installation, job: Job, clinic: Clinic, postgres_admin_url: str
) -> None:
    await job.opened(clinic)
    name = installation.urls.app.rpartition("/")[2]
    admin = await asyncpg.connect(postgres_admin_url.rpartition("/")[0] + f"/{name}")
    try:
        for table in ("exam_events", "reports", "audit"):
            for change in (f"UPDATE {table} SET clinic_id = clinic_id", f"DELETE FROM {table}"):
                with pytest.raises(asyncpg.RaiseError, match="append-only"):
                    await admin.execute(change)
    finally:
        await admin.close()


async def test_every_table_forces_row_level_security(
    installation: Installation, postgres_admin_url: str
) -> None:
    name = installation.urls.app.rpartition("/")[2]
    admin = await asyncpg.connect(postgres_admin_url.rpartition("/")[0] + f"/{name}")
    try:
        bare = await admin.fetch(
            """SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
               WHERE nspname = 'public' AND relkind = 'r' AND NOT (relrowsecurity AND relforcerowsecurity)"""
        )
        bypassing = await admin.fetch(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'exam_results%' AND (rolbypassrls OR rolsuper)"
        )
    finally:
        await admin.close()
    assert [row["relname"] for row in bare] == ["alembic_version"]
    assert bypassing == []


async def test_the_sweep_sees_only_what_waits_for_an_embargo(
    installation: Installation, job: Job, clinic: Clinic
) -> None:
    await job.opened(clinic)
    embargoed = await job.opened(clinic, "HIV", {"HIV": "NR"})
    async with installation.database.read(Scope()) as session:
        await session.value("SELECT set_config('app.service', 'sweep', true)")
        rows = await session.rows("SELECT exam_id FROM exams WHERE clinic_id = $1", clinic.id)
        assert [row["exam_id"] for row in rows] == [embargoed.facts.id]
        assert await session.value("SELECT count(*) FROM reports") == 0
    assert await count(installation.database, Scope(), "exams") == 0  # the setting ended with its transaction


async def relate(
    installation: Installation, clinic: Clinic, reader_id: UUID, **changes: Any
) -> tuple[UUID, datetime]:
    now = NOW + timedelta(days=1)
    known: dict[str, Any] = {"kind": Kind.GRANTED, "starts_at": now, "until": now + timedelta(days=1)}
    relation = Relation(
        **{
            "id": new_id(),
            "clinic_id": clinic.id,
            "person_id": clinic.person_id,
            "reader_id": reader_id,
            **known,
            **changes,
        }
    )
    async with installation.transactions.in_clinic(clinic.id) as work:
        reason = "motivo" if relation.kind is Kind.EMERGENCY else None
        await work.relations.add(RecordedRelation(relation=relation, made_by=clinic.person_id, reason=reason))
    return relation.id, now


async def door(installation: Installation, reader_id: UUID, person_id: UUID, at: datetime) -> UUID | None:
    async with installation.database.read(Scope()) as session:
        found: UUID | None = await session.value(
            "SELECT person_read_by($1, $2, $3)", reader_id, person_id, at
        )
        return found


async def test_the_door_to_another_persons_rows_opens_only_while_a_relation_holds(
    installation: Installation, clinic: Clinic, both: Clinic
) -> None:
    reader = new_id()
    _, now = await relate(installation, clinic, reader)
    assert await door(installation, reader, clinic.person_id, now) == clinic.person_id
    assert await door(installation, reader, both.person_id, now) is None
    assert await door(installation, new_id(), clinic.person_id, now) is None
    assert await door(installation, reader, clinic.person_id, now - timedelta(seconds=1)) is None
    assert await door(installation, reader, clinic.person_id, now + timedelta(days=1)) is None
    ended, emergency = new_id(), new_id()
    await relate(installation, clinic, ended, ended_at=now)
    await relate(installation, clinic, emergency, kind=Kind.EMERGENCY)
    assert await door(installation, ended, clinic.person_id, now) is None
    assert await door(installation, emergency, clinic.person_id, now) is None
    async with installation.transactions.in_clinic(clinic.id) as work:
        await work.people.close_account(reader, clinic.id, 9)
    assert await door(installation, reader, clinic.person_id, now) is None


async def test_relations_are_seen_by_the_clinic_the_person_and_the_reader_alone(
    installation: Installation, clinic: Clinic, both: Clinic
) -> None:
    reader = new_id()
    relation_id, _ = await relate(installation, clinic, reader)
    seen = "SELECT count(*) FROM care_relations WHERE relation_id = $1"
    for scope, count in (
        (Scope(clinic_id=clinic.id), 1),
        (Scope(person_id=clinic.person_id), 1),
        (Scope(person_id=reader), 1),
        (Scope(clinic_id=both.id), 0),
        (Scope(person_id=both.person_id), 0),
        (Scope(), 0),
    ):
        async with installation.database.read(scope) as session:
            assert await session.value(seen, relation_id) == count
    prolong = "UPDATE care_relations SET until = until + interval '1 day' WHERE relation_id = $1"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):  # a reader cannot give more time
        async with installation.database.write(Scope(person_id=reader)) as session:
            await session.execute(prolong, relation_id)
