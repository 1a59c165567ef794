"""Messages in any order, any number of times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import orjson
import pytest
from prometheus_client import REGISTRY
from pydantic import BaseModel

from services.exam_results.application.caller import Caller
from services.exam_results.application.commands.open_result import OpenResult
from services.exam_results.application.commands.record_report_file import RecordReportFile
from services.exam_results.domain.exam import EMBARGO
from services.exam_results.infrastructure.persistence.sweep import PostgresSweep
from services.exam_results.interface.messaging.effects import AccountsEffect, FilesEffect
from services.exam_results.interface.schedule.sweeps import EmbargoSweep, ParkedSweep
from services.exam_results.interface.schedule.unsigned import UnsignedReports
from services.shared.contracts import accounts, file_management
from services.shared.kernel.clock import FixedClock
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.messaging.envelope import Message, new_message
from services.shared.platform.postgres.database import Scope
from services.shared.platform.postgres.inbox import PostgresInbox
from services.shared.platform.topology import load_topology
from tests.integration.exam_results.database import Installation
from tests.unit.exam_results.samples import NOW, Clinic, Job


@dataclass
class Inboxes:
    accounts: PostgresInbox
    files: PostgresInbox


@pytest.fixture
def inboxes(installation: Installation, clock: FixedClock) -> Inboxes:
    work_of = installation.transactions.work_of
    return Inboxes(
        PostgresInbox(installation.database, "exam-results-accounts", AccountsEffect(work_of), lambda: None),
        PostgresInbox(
            installation.database,
            "exam-results-files",
            FilesEffect(work_of, RecordReportFile(clock)),
            lambda: None,
        ),
    )


def message(kind: str, clinic: Clinic, data: BaseModel) -> Message:
    return new_message(kind, source="/test", subject=new_id(), clinic_id=clinic.id, time=NOW, data=data)


def registered(clinic: Clinic, patient_id: UUID, version: int, name: str) -> Message:
    data = accounts.PatientRegistered(
        version=version,
        patient_id=patient_id,
        person_id=clinic.person_id,
        record_number="000777",
        name=name,
        sex="F",
        birth_date=date(1990, 1, 1),
    )
    return message("patient.registered", clinic, data)


_FILE_EVENTS: dict[str, type[file_management.FileData]] = {
    "file.processed": file_management.FileProcessed,
    "file.uploaded": file_management.FileUploaded,
    "file.deleted": file_management.FileDeleted,
}


def file(clinic: Clinic, exam_id: UUID, event: str = "file.processed", **changes: Any) -> Message:
    fields: dict[str, Any] = {
        "version": 1,
        "file_id": new_id(),
        "exam_id": exam_id,
        "person_id": clinic.person_id,
        "kind": "signed_report",
        "report_version": 1,
        "sha256": "ab" * 32,
        "size_bytes": 1000,
        "occurred_at": NOW,
        **changes,
    }
    return message(event, clinic, _FILE_EVENTS[event](**fields))


async def outbox_types(installation: Installation, clinic: Clinic) -> list[str]:
    """Read as the relay does: in the order in which messages will be published."""
    from services.shared.platform.postgres.database import connect_database

    relay = await connect_database(installation.urls.relay, size=1)
    rows = await relay.pool.fetch("SELECT type FROM outbox WHERE clinic_id = $1 ORDER BY position", clinic.id)
    await relay.close()
    return [row["type"] for row in rows]


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
async def test_a_patient_is_as_the_newest_version_says_whatever_the_order(
    installation: Installation, inboxes: Inboxes, clinic: Clinic, order: Sequence[int]
) -> None:
    patient_id = new_id()
    for version in order:
        await inboxes.accounts.apply(registered(clinic, patient_id, version, f"Versão {version}"))
    async with installation.transactions.in_clinic(clinic.id) as work:
        patient = await work.people.patient(patient_id)
    assert patient is not None
    assert patient.name == "Versão 3"


async def test_a_repeated_message_changes_nothing(inboxes: Inboxes, clinic: Clinic, job: Job) -> None:
    exam = await job.released(clinic)
    signed = file(clinic, exam.facts.id)
    assert [await inboxes.files.apply(signed) for _ in range(3)] == ["done", "repeat", "repeat"]


async def test_a_signed_report_opens_the_result_and_tells_so_in_one_transaction(
    installation: Installation, inboxes: Inboxes, clinic: Clinic, job: Job
) -> None:
    exam = await job.released(clinic)
    await inboxes.files.apply(file(clinic, exam.facts.id))
    assert (await outbox_types(installation, clinic))[-1] == "exam.result.ready"
    assert (await job.read(clinic.patient, exam.facts.id))["report"]["opened"]
    again = file(clinic, exam.facts.id, version=2)  # another event about another file of the same version
    await inboxes.files.apply(again)
    assert (await outbox_types(installation, clinic)).count("exam.result.ready") == 1


async def test_a_signature_before_its_release_is_parked_and_resumed_by_the_sweep(
    installation: Installation, inboxes: Inboxes, clinic: Clinic, job: Job
) -> None:
    exam = await job.completed(clinic)
    assert await inboxes.files.apply(file(clinic, exam.facts.id)) == "parked"
    look = PostgresSweep(installation.database)
    sweep = ParkedSweep(look.parked, inboxes.files.resume)
    await sweep.sweep()
    assert not (await job.read(clinic.releaser, exam.facts.id))["report"]["opened"]
    await job.release(clinic, exam.facts.id, exam.version)
    await sweep.sweep()
    assert (await job.read(clinic.patient, exam.facts.id))["report"]["opened"]
    assert (clinic.id, f"exam/{exam.facts.id}/report/1") not in await look.parked(1000)


async def test_a_file_of_an_unknown_exam_is_parked(inboxes: Inboxes, clinic: Clinic) -> None:
    assert await inboxes.files.apply(file(clinic, new_id())) == "parked"
    assert await inboxes.files.apply(file(clinic, new_id(), "file.uploaded")) == "parked"


async def test_a_message_of_another_clinic_touches_no_exam_of_this_one(
    installation: Installation, inboxes: Inboxes, clinic: Clinic, job: Job
) -> None:
    exam = await job.released(clinic)
    other = await installation.clinic()
    assert await inboxes.files.apply(file(other, exam.facts.id)) == "parked"
    assert not (await job.read(clinic.releaser, exam.facts.id))["report"]["opened"]


async def test_drafts_and_deletions_are_noted_and_attachments_change_no_report(
    inboxes: Inboxes, clinic: Clinic, job: Job
) -> None:
    exam = await job.completed(clinic)
    exam_id, draft_id = exam.facts.id, new_id()
    at = job.clock.now()

    async def draft() -> str | None:
        shown: str | None = (await job.read(clinic.releaser, exam_id))["report"]["file_id"]
        return shown

    of_draft: dict[str, Any] = {"file_id": draft_id, "kind": "draft_report", "occurred_at": at}
    await inboxes.files.apply(file(clinic, exam_id, "file.uploaded", **of_draft))
    assert await draft() is None
    await inboxes.files.apply(file(clinic, exam_id, **of_draft))
    assert await draft() == str(draft_id)
    await inboxes.files.apply(file(clinic, exam_id, kind="attachment", report_version=None, occurred_at=at))
    assert await draft() == str(draft_id)
    await inboxes.files.apply(file(clinic, exam_id, "file.deleted", **of_draft, version=2))
    assert await draft() is None


async def test_an_ended_embargo_opens_the_result_once_however_many_workers_sweep(
    installation: Installation, inboxes: Inboxes, clinic: Clinic, job: Job, clock: FixedClock
) -> None:
    exam = await job.released(clinic, "HIV", {"HIV": "NR"})
    await inboxes.files.apply(file(clinic, exam.facts.id))
    look = PostgresSweep(installation.database)

    async def due(limit: int) -> list[tuple[UUID, UUID]]:
        return [each for each in await look.due(clock.now(), limit) if each[0] == clinic.id]

    sweep = EmbargoSweep(due, installation.transactions.in_clinic, OpenResult(clock))
    assert await sweep.sweep() == 0
    clock.advance(EMBARGO - timedelta(seconds=1))
    assert await sweep.sweep() == 0
    clock.advance(timedelta(seconds=1))
    found = await due(10)

    async def the_same(limit: int) -> list[tuple[UUID, UUID]]:
        return found

    twice = EmbargoSweep(the_same, installation.transactions.in_clinic, OpenResult(clock))
    assert [await twice.sweep(), await twice.sweep(), await sweep.sweep()] == [1, 1, 0]
    assert (await outbox_types(installation, clinic)).count("exam.result.ready") == 1


async def test_the_sweep_sees_how_long_a_released_report_waits_for_its_signature(
    installation: Installation, inboxes: Inboxes, clinic: Clinic, job: Job, clock: FixedClock
) -> None:
    look = PostgresSweep(installation.database)
    before, _ = await look.unsigned(clock.now(), 1000)
    exam = await job.released(clinic)
    clock.advance(timedelta(seconds=61))
    waiting, longest_s = await look.unsigned(clock.now(), 1000)
    assert waiting == before + 1
    assert longest_s >= 61
    await UnsignedReports(lambda limit: look.unsigned(clock.now(), limit)).sweep()
    told = REGISTRY.get_sample_value("laudo_reports_waiting_seconds", {"stage": "signature"})
    assert told is not None
    assert told >= 61
    await inboxes.files.apply(file(clinic, exam.facts.id))
    assert (await look.unsigned(clock.now(), 1000))[0] == before


async def test_accounts_tell_names_and_closures(
    installation: Installation, inboxes: Inboxes, clinic: Clinic, job: Job
) -> None:
    account_id = new_id()

    def told(kind: type[accounts.AccountData], version: int, name: str) -> Message:
        data = kind(
            version=version,
            account_id=account_id,
            clinic_id=clinic.id,
            kind="staff",
            roles=["doctor"],
            name=name,
        )
        event = "account.created" if kind is accounts.AccountCreated else "account.updated"
        return message(event, clinic, data)

    doctor = accounts.DoctorRegistered(
        version=1, doctor_id=account_id, name="Dra. Nova", council="CRM", council_number="1", council_uf="SP",
        verified=True, roles=["doctor"],
    )  # fmt: skip
    assert await inboxes.accounts.apply(told(accounts.AccountUpdated, 2, "Dra. Nova")) == "done"
    assert await inboxes.accounts.apply(told(accounts.AccountCreated, 1, "Dra. Velha")) == "stale"
    assert await inboxes.accounts.apply(message("doctor.registered", clinic, doctor)) == "done"
    gone = accounts.AccountDeleted(version=3, account_id=account_id)
    async with installation.transactions.in_clinic(clinic.id) as work:
        assert not await work.people.is_closed(account_id)
    assert await inboxes.accounts.apply(message("account.deleted", clinic, gone)) == "done"
    async with installation.transactions.in_clinic(clinic.id) as work:
        assert await work.people.is_closed(account_id)
        assert (await work.people.professional(account_id)) is not None


def test_the_queues_types_are_all_handled() -> None:
    topology = load_topology()
    assert topology.types_of("exam-results-accounts") == {
        "account.created", "account.updated", "account.deleted", "doctor.registered", "patient.registered",
    }  # fmt: skip
    assert topology.types_of("exam-results-files") == {"file.uploaded", "file.processed", "file.deleted"}


async def test_the_relays_role_reads_the_outbox_and_nothing_else(installation: Installation) -> None:
    import asyncpg

    relay = await asyncpg.connect(installation.urls.relay.replace("+asyncpg", ""))
    try:
        assert await relay.fetchval("SELECT count(*) >= 0 FROM outbox")
        for table in ("exams", "exam_events", "reports", "patients", "audit"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await relay.fetch(f"SELECT * FROM {table}")
    finally:
        await relay.close()


async def test_a_scope_is_of_one_transaction(installation: Installation, clinic: Clinic) -> None:
    async with installation.database.read(Scope(clinic_id=clinic.id)) as session:
        assert await session.value("SELECT count(*) FROM patients") == 1
    async with installation.database.read(Scope()) as session:
        assert await session.value("SELECT count(*) FROM patients") == 0


def proxy_told(
    clinic: Clinic, proxy_id: UUID, reader_id: UUID, version: int, account_version: int
) -> Message:
    proxy = accounts.ProxyData(
        proxy_id=proxy_id,
        version=version,
        kind="granted",
        reader_id=reader_id,
        sees="values",
        starts_at=NOW - timedelta(days=1),
        until=NOW + timedelta(days=9),
        ended_at=NOW if version == 2 else None,
    )
    data = accounts.AccountUpdated(
        account_id=clinic.person_id,
        version=account_version,
        clinic_id=clinic.id,
        kind="patient",
        roles=["patient"],
        name="Maria",
        proxies=[proxy],
    )
    return message("account.updated", clinic, data)


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
async def test_a_proxy_is_as_its_newest_version_says_whatever_the_accounts_version(
    installation: Installation, inboxes: Inboxes, clinic: Clinic, job: Job, order: Sequence[int]
) -> None:
    exam_id = (await job.opened(clinic)).facts.id
    proxy_id, reader = new_id(), Principal(new_id(), frozenset({Role.PATIENT}))
    caller = Caller(reader)

    async def results() -> int | None:
        try:
            async with job.transactions.read(reader) as reads:
                seen = await job.desk.read.run(reads, caller, exam_id, person_id=clinic.person_id)
        except LaudoError:
            return None
        return len(orjson.loads(seen)["results"])

    assert await results() is None
    seen = []
    for version in order:
        await inboxes.accounts.apply(
            proxy_told(clinic, proxy_id, reader.account_id, version, account_version=7 - version)
        )
        seen.append(await results())
    assert seen == ([17, None] if order == (1, 2) else [None, None])
