"""PostgreSQL itself keeps clinics and people apart, whatever SQL is sent."""

import asyncpg
import pytest

from services.exam_results.infrastructure.persistence.people import PostgresPeople
from services.shared.platform.postgres.database import Database, Scope
from tests.integration.exam_results.database import Installation
from tests.unit.exam_results.samples import Clinic, Job

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
