"""What raw SQL under the service's own role can see and do, whatever the code above it forgets."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from infra.local.provision.databases import DatabaseUrls
from services.accounts.application.commands.register_patient import RegisterPatient
from services.accounts.application.ports import Credentials, RepeatKey
from services.accounts.domain.clinic import Clinic
from services.shared.kernel.clock import SystemClock
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.postgres.database import Scope
from tests.integration.accounts.postgres import Link
from tests.unit.accounts.samples import CPF_ANA, CPF_BENTO, typed_patient

TABLES_OF_PEOPLE = ("accounts", "memberships", "patient_records", "patient_words", "record_counters")
TABLES_OF_PERSONS = (
    *("logins", "credentials", "sessions", "refresh_tokens", "one_time_codes"),
    *("passkeys", "recovery_codes", "known_devices", "tickets"),
)


async def a_clinic_with_a_patient(link: Link, **changes: Any) -> tuple[Clinic, UUID, UUID]:
    clinic = Clinic(new_id(), "Clínica")
    async with link.transactions.write(clinic_id=clinic.id) as work:
        await work.clinics.add(clinic)
    caller = Principal(new_id(), frozenset({Role.RECEPTIONIST}), clinic.id)
    made = await RegisterPatient(link.transactions, SystemClock())(
        typed_patient(**changes), caller, RepeatKey(str(new_id()), "r", b""), address=None
    )
    return clinic, UUID(made["id"]), UUID(made["person_id"])


async def rows(link: Link, scope: Scope, sql: str, *args: Any) -> list[Any]:
    async with link.database.read(scope) as session:
        return list(await session.rows(sql, *args))


async def test_a_clinics_staff_never_see_anothers_patients_even_by_raw_sql(link: Link) -> None:
    a, patient_a, person_a = await a_clinic_with_a_patient(link, cpf=None)
    b, patient_b, person_b = await a_clinic_with_a_patient(link, cpf=None)
    for scope, own, person in ((Scope(a.id), patient_a, person_a), (Scope(b.id), patient_b, person_b)):
        assert [row["id"] for row in await rows(link, scope, "SELECT * FROM patient_records")] == [own]
        assert [row["id"] for row in await rows(link, scope, "SELECT * FROM accounts")] == [person]
        words = await rows(link, scope, "SELECT DISTINCT patient_id FROM patient_words")
        assert [row["patient_id"] for row in words] == [own]
        joined = await rows(
            link,
            scope,
            "SELECT 1 FROM patient_records r JOIN accounts a ON a.id = r.person_id WHERE r.id <> $1",
            own,
        )
        assert joined == []


async def test_a_shared_person_shows_each_clinic_its_own_record_alone(link: Link) -> None:
    a, in_a, person = await a_clinic_with_a_patient(link, cpf=CPF_BENTO)
    b, in_b, same = await a_clinic_with_a_patient(link, cpf=CPF_BENTO)
    assert person == same
    for scope, own in ((Scope(a.id), in_a), (Scope(b.id), in_b)):
        found = await rows(link, scope, "SELECT id FROM patient_records WHERE person_id = $1", person)
        assert [row["id"] for row in found] == [own]
    both = await rows(link, Scope(person_id=person), "SELECT id FROM patient_records")
    assert {row["id"] for row in both} == {in_a, in_b}


@pytest.mark.parametrize("table", [*TABLES_OF_PEOPLE, *TABLES_OF_PERSONS])
async def test_without_a_scope_nobodys_rows_are_seen(link: Link, table: str) -> None:
    await a_clinic_with_a_patient(link, cpf=None)
    assert await rows(link, Scope(), f"SELECT * FROM {table}") == []


@pytest.mark.parametrize("table", TABLES_OF_PERSONS)
async def test_what_people_sign_in_with_is_hidden_from_clinics(link: Link, table: str) -> None:
    clinic, _, person = await a_clinic_with_a_patient(link, email="ana.rls@example.com")
    async with link.transactions.write(clinic_id=clinic.id, person_id=person) as work:
        await work.credentials.save(Credentials(person, "hash"))
    assert await rows(link, Scope(clinic.id), f"SELECT * FROM {table}") == []


async def test_a_clinic_cannot_write_into_another(link: Link) -> None:
    a, _, _ = await a_clinic_with_a_patient(link, cpf=None)
    _, patient_b, _ = await a_clinic_with_a_patient(link, cpf=None)
    async with link.database.write(Scope(a.id)) as session:
        assert (
            await session.execute("UPDATE patient_records SET name = 'x' WHERE id = $1", patient_b)
            == "UPDATE 0"
        )
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with link.database.write(Scope(a.id)) as session:
            await session.execute("UPDATE patient_records SET clinic_id = $1", new_id())


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM patient_records",
        "DELETE FROM accounts",
        "DELETE FROM sessions",
        "UPDATE audit SET purpose = 'x'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "SELECT * FROM audit",
        "SELECT * FROM outbox",
        "ALTER TABLE audit DISABLE TRIGGER ALL",
        "ALTER TABLE patient_records NO FORCE ROW LEVEL SECURITY",
        "SET ROLE accounts_owner",
    ],
)
async def test_the_services_role_may_not(link: Link, sql: str) -> None:
    clinic, _, _ = await a_clinic_with_a_patient(link, cpf=None)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with link.database.write(Scope(clinic.id)) as session:
            await session.execute(sql)


async def test_not_even_the_owner_empties_the_audit_or_reads_people(
    link: Link, accounts_urls: DatabaseUrls
) -> None:
    await a_clinic_with_a_patient(link, cpf=None)
    owner = await asyncpg.connect(accounts_urls.owner.replace("+asyncpg", ""))
    try:
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            await owner.execute("TRUNCATE audit")
        assert await owner.fetch("SELECT * FROM accounts") == []
        assert await owner.fetch("SELECT * FROM credentials") == []
    finally:
        await owner.close()


async def test_every_table_forces_row_level_security(accounts_urls: DatabaseUrls) -> None:
    owner = await asyncpg.connect(accounts_urls.owner.replace("+asyncpg", ""))
    open_tables = await owner.fetch(
        """SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
           AND NOT (relrowsecurity AND relforcerowsecurity) AND relname <> 'alembic_version'"""
    )
    await owner.close()
    assert open_tables == []


async def test_identifiers_rest_encrypted(link: Link) -> None:
    clinic, patient, _ = await a_clinic_with_a_patient(link)
    [row] = await rows(link, Scope(clinic.id), "SELECT * FROM patient_records WHERE id = $1", patient)
    assert CPF_ANA not in repr(dict(row))
    assert CPF_ANA.encode() not in row["cpf_sealed"] + row["cpf_lookup"]
    async with link.transactions.read(clinic_id=clinic.id) as reading:
        record = await reading.patients.get(patient)
    assert record is not None
    assert record.cpf == CPF_ANA


async def test_a_search_by_name_uses_the_index_under_row_level_security(
    link: Link, accounts_urls: DatabaseUrls
) -> None:
    """LIKE or trigrams would be filtered after reading the whole clinic: their operators are not leakproof."""
    clinic = Clinic(new_id(), "Clínica grande")
    async with link.transactions.write(clinic_id=clinic.id) as work:
        await work.clinics.add(clinic)
    async with link.database.write(Scope(clinic.id)) as session:
        await session.execute(
            """INSERT INTO accounts (id, version, kind, name, locale, home_clinic_id, has_password)
               SELECT md5('index' || n)::uuid, 1, 'patient', 'x', 'pt-BR', $1, false FROM generate_series(1, 3000) n""",
            clinic.id,
        )
        await session.execute(
            """INSERT INTO patient_records (id, clinic_id, person_id, version, record_number, name, birth_date, sex)
               SELECT gen_random_uuid(), $1, md5('index' || n)::uuid, 1, n, 'Maria ' || md5(n::text), '1990-01-01', 'F'
               FROM generate_series(1, 3000) n""",
            clinic.id,
        )
    owner = await asyncpg.connect(accounts_urls.owner.replace("+asyncpg", ""))
    await owner.execute("ANALYZE patient_words, patient_records")
    await owner.close()
    plan = await rows(
        link,
        Scope(clinic.id),
        "EXPLAIN SELECT patient_id FROM patient_words WHERE clinic_id = $1 AND word >= 'zu' AND word < 'zv'",
        clinic.id,
    )
    conditions = [row[0] for row in plan if "Index Cond" in row[0]]
    assert conditions
    assert all("word >=" in condition for condition in conditions)
