"""Who saw whose data, over every store: the same promises from memory, both PostgreSQL services and DynamoDB."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from infra.local.provision.databases import DatabaseUrls
from services.exam_results.infrastructure.persistence.access_log import exam_access_log
from services.file_management.infrastructure.dynamodb import mapping
from services.file_management.infrastructure.dynamodb.access_log import DynamoAccessLog
from services.file_management.infrastructure.dynamodb.audit import DynamoAuditTrail
from services.file_management.infrastructure.dynamodb.table import TableAddress, connect_table
from services.notification.infrastructure.persistence.audit import MongoAuditLog
from services.notification.infrastructure.persistence.clinic_log import MongoClinicLog
from services.notification.infrastructure.persistence.database import connect, ensure_indexes
from services.shared.kernel.access_log import NEWEST, AccessLog, AccessQuestion, AuditQuestion, ClinicLog
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.audit.in_memory import InMemoryAccessLog
from services.shared.platform.postgres.access_log import PostgresAccessLog
from services.shared.platform.postgres.database import Database, Scope, connect_database
from tests.integration.accounts.postgres import migrated as accounts_migrated
from tests.integration.exam_results.database import migrated as exams_migrated
from tests.support.embedded import EmbeddedAws
from tests.unit.exam_results.samples import CATALOGUE

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


@dataclass
class ClinicKit:
    log: ClinicLog
    record: Callable[[AuditEntry], Awaitable[None]]


@dataclass
class Kit(ClinicKit):
    log: AccessLog
    record: Callable[[AuditEntry], Awaitable[None]]
    enrol: Callable[[UUID, UUID, UUID], Awaitable[None]]  # a person's record in a clinic


def memory_kit() -> Kit:
    rows: list[AuditEntry] = []
    records: dict[UUID, set[UUID]] = {}

    async def record(entry: AuditEntry) -> None:
        rows.append(entry)

    async def enrol(person: UUID, clinic: UUID, patient: UUID) -> None:
        records.setdefault(person, set()).add(patient)

    return Kit(InMemoryAccessLog(rows, records), record, enrol)


def postgres_kit(database: Database, log: AccessLog, *inserts: str) -> Kit:
    async def record(entry: AuditEntry) -> None:
        async with database.read(Scope(clinic_id=entry.clinic_id)) as session:
            await session.audit(entry)

    async def enrol(person: UUID, clinic: UUID, patient: UUID) -> None:
        async with database.write(Scope(clinic_id=clinic)) as session:
            for insert in inserts:
                await session.execute(insert.format(person=person, clinic=clinic, patient=patient))

    return Kit(log, record, enrol)


_EXAMS_PATIENT = """INSERT INTO patients (patient_id, clinic_id, person_id, record_number, name, sex, birth_date,
    search, version) VALUES ('{patient}', '{clinic}', '{person}', '1', 'Ana', 'F', '1990-01-01', 'ana', 1)"""
_ACCOUNTS_PATIENT = (
    "INSERT INTO clinics (id, name) VALUES ('{clinic}', 'Clínica') ON CONFLICT DO NOTHING",
    """INSERT INTO accounts (id, version, kind, name, locale, home_clinic_id, has_password)
       VALUES ('{person}', 1, 'patient', 'Ana', 'pt-BR', '{clinic}', false) ON CONFLICT DO NOTHING""",
    """INSERT INTO patient_records (id, clinic_id, person_id, version, record_number, name, birth_date, sex)
       VALUES ('{patient}', '{clinic}', '{person}', 1, '{patient}', 'Ana', '1990-01-01', 'F')""",
)


def dynamodb_kit(aws: EmbeddedAws) -> Kit:
    mine = aws.credentials["file-management"]
    table = connect_table(
        TableAddress("laudo-files", aws.region, aws.url, mine.access_key_id, mine.secret_access_key)
    )

    async def enrol(person: UUID, clinic: UUID, patient: UUID) -> None:
        exam = {"patient_id": str(patient), "person_id": str(person)}
        table.reader(f"READER#{person}", f"CLINIC#{clinic}#EXAM#{new_id()}", exam=exam).save()

    return Kit(DynamoAccessLog(table), DynamoAuditTrail(table).record, enrol)


@pytest.fixture(scope="module")
async def databases(
    new_database: Callable[[str], DatabaseUrls],
) -> AsyncIterator[dict[str, Database]]:
    accounts, exams = accounts_migrated(new_database), await exams_migrated(new_database)
    opened = {"accounts": await connect_database(accounts.app), "exams": await connect_database(exams.app)}
    yield opened
    for database in opened.values():
        await database.close()


@pytest.fixture(params=["memory", "accounts", "exams", "dynamodb"])
def kit(request: pytest.FixtureRequest, databases: dict[str, Database], aws: EmbeddedAws) -> Kit:
    return kit_of(request.param, databases, aws)


def kit_of(store: str, databases: dict[str, Database], aws: EmbeddedAws) -> Kit:
    if store == "memory":
        return memory_kit()
    if store == "dynamodb":
        return dynamodb_kit(aws)
    database = databases[store]
    if store == "accounts":
        return postgres_kit(database, PostgresAccessLog(database), *_ACCOUNTS_PATIENT)
    return postgres_kit(database, exam_access_log(database, CATALOGUE), _EXAMS_PATIENT)


@dataclass
class World:
    """Ana has records in two clinics, Bia in one; a doctor reads both, and Ana reads herself."""

    kit: Kit
    ana: Principal
    bia: Principal
    entries: list[AuditEntry]

    async def own(self, caller: Principal, **question: Any) -> list[AuditEntry]:
        wanted = AccessQuestion(**({"limit": 50} | question))
        return [access.entry for access in await self.kit.log.own(caller, wanted, note(caller))]


def note(caller: Principal) -> AuditEntry:
    return AuditEntry(
        at=datetime.now(UTC), actor_id=caller.account_id, actor_roles=(), action="access.list",
        clinic_id=caller.clinic_id,
    )  # fmt: skip


@pytest.fixture
async def world(kit: Kit) -> World:
    ana, bia = (Principal(new_id(), frozenset({Role.PATIENT})) for _ in range(2))
    first, second, doctor = new_id(), new_id(), new_id()
    records = {
        (ana.account_id, first): new_id(), (ana.account_id, second): new_id(), (bia.account_id, first): new_id()
    }  # fmt: skip
    for (person, clinic), patient in records.items():
        await kit.enrol(person, clinic, patient)

    def read(minute: int, actor: UUID, clinic: UUID, patient: UUID | None, action: str) -> AuditEntry:
        return AuditEntry(
            at=NOW + timedelta(minutes=minute), actor_id=actor, actor_roles=("doctor",), action=action,
            clinic_id=clinic, patient_id=patient, resource=f"patient/{patient}", purpose="care",
            address="203.0.113.7",
        )  # fmt: skip

    entries = [
        read(0, doctor, first, records[ana.account_id, first], "exam.read"),
        read(1, doctor, second, records[ana.account_id, second], "exam.read"),
        read(2, doctor, first, records[bia.account_id, first], "exam.read"),
        read(3, doctor, first, None, "exam.list"),
        read(4, ana.account_id, first, records[ana.account_id, first], "exam.read"),
    ]
    for entry in entries:
        await kit.record(entry)
    return World(kit, ana, bia, entries)


async def test_a_person_sees_who_read_the_own_records_of_all_clinics_newest_first(world: World) -> None:
    first, second, of_bia, _, by_herself = world.entries
    assert await world.own(world.ana) == [by_herself, second, first]
    assert await world.own(world.bia) == [of_bia]
    assert await world.own(Principal(new_id(), frozenset({Role.PATIENT}))) == []


async def test_own_reads_can_be_left_out(world: World) -> None:
    assert await world.own(world.ana, with_own=False) == [world.entries[1], world.entries[0]]


async def test_pages_follow_each_other_without_gap_or_repeat(world: World) -> None:
    seen, before = [], NEWEST
    while found := await world.own(world.ana, limit=1, before=before):
        seen += found
        before = (found[-1].at, found[-1].id)
    assert seen == [world.entries[4], world.entries[1], world.entries[0]]


async def test_rows_of_the_same_moment_are_told_apart(world: World) -> None:
    twin = replace(world.entries[4], id=new_id())
    await world.kit.record(twin)
    first = await world.own(world.ana, limit=1)
    second = await world.own(world.ana, limit=1, before=(first[0].at, first[0].id))
    assert {first[0].id, second[0].id} == {world.entries[4].id, twin.id}


@dataclass
class Clinic:
    """What happened in one clinic, oldest first, and one row of another clinic's: the auditor's is the first."""

    kit: ClinicKit
    auditor: Principal
    entries: list[AuditEntry]

    async def found(self, **question: Any) -> list[AuditEntry]:
        """What others did: the auditor's own readings are in the log too."""
        wanted = AuditQuestion(**({"limit": 50} | question))
        found = await self.kit.log.of_clinic(self.auditor, wanted, note(self.auditor))
        return [entry for entry in found if entry.actor_id != self.auditor.account_id]


@pytest.fixture(params=["memory", "accounts", "exams", "dynamodb", "mongo"])
async def clinic(
    request: pytest.FixtureRequest,
    databases: dict[str, Database],
    aws: EmbeddedAws,
    mongo_url: str,
    mongo_database_name: str,
) -> AsyncIterator[Clinic]:
    if request.param == "mongo":
        async with connect(mongo_url) as client:
            database = client[mongo_database_name]
            await ensure_indexes(database)
            kit = ClinicKit(MongoClinicLog(database), MongoAuditLog(database).record)
            yield await a_clinic(kit)
    else:
        yield await a_clinic(kit_of(request.param, databases, aws))


async def a_clinic(kit: ClinicKit) -> Clinic:
    here, elsewhere, doctor, other, ana, bia = (new_id() for _ in range(6))

    def did(minute: int, actor: UUID, action: str, patient: UUID | None, **more: Any) -> AuditEntry:
        return AuditEntry(
            at=NOW + timedelta(minutes=minute), actor_id=actor, actor_roles=("doctor",), action=action,
            **({"clinic_id": here, "patient_id": patient, "purpose": "care"} | more),
        )  # fmt: skip

    entries = [
        did(0, doctor, "exam.read", ana),
        did(1, doctor, "exam.read", bia, clinic_id=elsewhere, purpose="emergency"),
        did(2, other, "emergency.open", bia, purpose="emergency"),
        did(3, doctor, "exam.list", None),
        did(4, other, "exam.read", bia, purpose="emergency"),
    ]
    for entry in entries:
        await kit.record(entry)
    return Clinic(kit, Principal(new_id(), frozenset({Role.AUDITOR}), here), entries)


async def test_an_auditor_sees_the_own_clinic_whole_lists_included(clinic: Clinic) -> None:
    first, _, opened, listed, read = clinic.entries
    assert await clinic.found() == [read, listed, opened, first]


async def test_an_auditor_narrows_by_actor_patient_action_and_date(clinic: Clinic) -> None:
    first, _, opened, listed, read = clinic.entries
    assert await clinic.found(actor_id=first.actor_id) == [listed, first]
    assert await clinic.found(patient_id=read.patient_id) == [read, opened]
    assert await clinic.found(patient_id=first.patient_id, actor_id=read.actor_id) == []
    assert await clinic.found(action="exam.read") == [read, first]
    assert await clinic.found(since=listed.at) == [read, listed]
    assert await clinic.found(before=(listed.at, listed.id)) == [opened, first]
    assert await clinic.found(before=(listed.at, UUID(int=0))) == [opened, first]
    assert await clinic.found(before=(listed.at + timedelta(microseconds=1), UUID(int=0))) == [
        listed,
        opened,
        first,
    ]


async def test_an_auditor_finds_emergencies_alone(clinic: Clinic) -> None:
    _, _, opened, _, read = clinic.entries
    assert await clinic.found(emergencies=True) == [read, opened]
    assert await clinic.found(emergencies=True, action="emergency.open") == [opened]
    assert await clinic.found(emergencies=True, actor_id=clinic.entries[0].actor_id) == []
    assert await clinic.found(emergencies=True, before=(read.at, read.id), limit=1) == [opened]


async def test_reading_the_log_is_in_the_log(clinic: Clinic) -> None:
    question = AuditQuestion(limit=1)
    await clinic.kit.log.of_clinic(clinic.auditor, question, note(clinic.auditor))
    (newest,) = await clinic.kit.log.of_clinic(clinic.auditor, question, note(clinic.auditor))
    assert (newest.action, newest.actor_id) == ("access.list", clinic.auditor.account_id)


async def test_no_door_opens_to_another_person_or_clinic(databases: dict[str, Database]) -> None:
    for database in databases.values():
        async with database.read(Scope()) as session:
            assert await session.rows("SELECT * FROM own_accesses(now(), gen_random_uuid(), true, 100)") == []
            for door in ("clinic_audit", "clinic_emergencies"):
                nothing = (
                    f"SELECT * FROM {door}(now(), gen_random_uuid(), '2000-01-01', NULL, NULL, NULL, 100)"
                )
                assert await session.rows(nothing) == []
        for table in ("audit", "audit_seal"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with database.read(Scope()) as session:
                    await session.rows(f"SELECT * FROM {table}")


async def test_a_download_names_the_exams_protocol(aws: EmbeddedAws) -> None:
    kit, person = dynamodb_kit(aws), Principal(new_id(), frozenset({Role.PATIENT}))
    clinic, patient, file_id, exam_id = (new_id() for _ in range(4))
    mine = aws.credentials["file-management"]
    table = connect_table(
        TableAddress("laudo-files", aws.region, aws.url, mine.access_key_id, mine.secret_access_key)
    )
    file = {"id": str(file_id), "exam_id": str(exam_id), "protocol": "AUR-1"}
    table.file(mapping.file_key(file_id), mapping.FILE, file=file).save()
    await kit.enrol(person.account_id, clinic, patient)
    await kit.record(
        AuditEntry(
            at=NOW, actor_id=new_id(), actor_roles=("doctor",), action="file.link_issued", clinic_id=clinic,
            patient_id=patient, resource=f"file/{file_id}",
        )
    )  # fmt: skip
    (access,) = await kit.log.own(person, AccessQuestion(limit=5), note(person))
    assert access.about == {"exam_id": str(exam_id), "protocol": "AUR-1"}
