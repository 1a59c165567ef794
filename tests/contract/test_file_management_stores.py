"""Folders, files and audit: the same promises from the in-memory adapters and from DynamoDB."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.file_management.application.ports import (
    AlreadyApplied,
    Files,
    Folders,
    Occasion,
    Overtaken,
    Proofs,
)
from services.file_management.domain.exam_folder import ExamFolder, ExamRef
from services.file_management.domain.proof import Proof
from services.file_management.domain.report_file import Kind, Status
from services.file_management.domain.verification import verification_code
from services.file_management.infrastructure.announcements import announce
from services.file_management.infrastructure.dynamodb.files import DynamoFiles
from services.file_management.infrastructure.dynamodb.folders import DynamoFolders
from services.file_management.infrastructure.dynamodb.outbox import DynamoOutbox
from services.file_management.infrastructure.dynamodb.proofs import DynamoProofs
from services.file_management.infrastructure.dynamodb.table import Table, TableAddress, connect_table
from services.file_management.infrastructure.in_memory.folders import InMemoryFolders
from services.shared.kernel.ids import new_id

NOW = datetime(2026, 11, 22, 17, 32, 9, tzinfo=UTC)


@dataclass
class Store:
    folders: Folders
    files: Files
    proofs: Proofs
    rung: list[bool]
    published: Callable[[], int]


@pytest.fixture
def table(aws: Any) -> Table:
    mine = aws.credentials["file-management"]
    return connect_table(
        TableAddress("laudo-files", aws.region, aws.url, mine.access_key_id, mine.secret_access_key)
    )


@pytest.fixture(params=["memory", "dynamodb"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    rung: list[bool] = []
    if request.param == "memory":
        memory = InMemoryFolders(lambda: rung.append(True))
        yield Store(memory, memory, memory, rung, lambda: len(memory.published))
        return
    table: Table = request.getfixturevalue("table")
    outbox = DynamoOutbox(table, "file-management-events")
    before = _waiting(table)
    yield Store(
        DynamoFolders(table, announce, outbox.row, lambda _: rung.append(True)),
        DynamoFiles(table),
        DynamoProofs(table),
        rung,
        lambda: _waiting(table) - before,
    )


def _waiting(table: Table) -> int:
    return len(list(table.outbox.index.query("0")))


def new_exam(version: int = 1) -> ExamRef:
    return ExamRef(new_id(), new_id(), new_id(), new_id(), new_id(), "26-000123-7", version)


def occasion() -> Occasion:
    return Occasion(new_id(), "file-management-exams")


def code_of(exam: ExamRef, report_version: int) -> str:
    return verification_code(b"secret", exam.exam_id, report_version)


def with_report(folder: ExamFolder, report_version: int = 1) -> ExamFolder:
    folder.add_report(
        Kind.SIGNED_REPORT,
        report_version,
        exam_version=5,
        sha256="ab" * 32,
        size_bytes=48_000,
        now=NOW,
        verification_code=code_of(folder.exam, report_version),
        signed_by="Laboratório Aurora",
    )
    return folder


async def test_an_unknown_exam_has_a_new_folder_and_no_files(store: Store) -> None:
    exam = new_exam()
    assert (await store.folders.load(exam)).revision == 0
    assert list(await store.files.files_of(exam.exam_id)) == []
    assert await store.files.file(new_id()) is None


async def test_what_was_saved_is_loaded_again_in_full(store: Store) -> None:
    exam = new_exam()
    folder = with_report(await store.folders.load(exam))
    folder.refuse(2, ("row/1/value", "table/rows"))
    folder.close_to(exam.requester_id)
    folder.open_report(1)
    await store.folders.save(folder, occasion())
    loaded = await store.folders.load(exam)
    assert (loaded.exam, loaded.files, loaded.opened_version) == (exam, folder.files, 1)
    assert loaded.failed_checks == {2: ("row/1/value", "table/rows")}
    assert loaded.closed_to == {exam.requester_id}
    assert loaded.revision == 1
    assert loaded.changed == set()
    assert loaded.events == []


async def test_a_dropped_file_is_not_found_any_more(store: Store) -> None:
    exam = new_exam()
    await store.folders.save(with_report(await store.folders.load(exam)), occasion())
    folder = await store.folders.load(exam)
    (report,) = folder.files.values()
    folder.drop(report.id, NOW)
    await store.folders.save(folder, None)
    loaded = await store.folders.load(exam)
    assert (loaded.files, loaded.dropped, loaded.events) == ({}, set(), [])
    assert await store.files.file(report.id) is None
    assert list(await store.files.files_of(exam.exam_id)) == []


async def test_a_file_is_found_by_its_id_and_by_its_exam_as_last_saved(store: Store) -> None:
    exam = new_exam()
    await store.folders.save(with_report(await store.folders.load(exam)), occasion())
    folder = await store.folders.load(exam)
    folder.open_report(1)
    await store.folders.save(folder, occasion())
    (listed,) = await store.files.files_of(exam.exam_id)
    assert listed.status is Status.OPENED
    assert await store.files.file(listed.id) == listed


async def test_saving_over_a_change_not_seen_is_overtaken_and_stores_nothing(store: Store) -> None:
    exam = new_exam()
    first, second = await store.folders.load(exam), await store.folders.load(exam)
    await store.folders.save(first, occasion())
    late = occasion()
    with pytest.raises(Overtaken):
        await store.folders.save(with_report(second), late)
    assert not await store.folders.applied(late)
    assert list(await store.files.files_of(exam.exam_id)) == []
    assert store.published() == 0


async def test_an_event_is_applied_once(store: Store) -> None:
    exam, once = new_exam(), occasion()
    assert not await store.folders.applied(once)
    await store.folders.save(await store.folders.load(exam), once)
    assert await store.folders.applied(once)
    with pytest.raises(AlreadyApplied):
        await store.folders.save(with_report(await store.folders.load(exam)), once)
    assert list(await store.files.files_of(exam.exam_id)) == []


async def test_the_same_event_id_on_another_queue_is_another_occasion(store: Store) -> None:
    exam, once = new_exam(), occasion()
    await store.folders.save(await store.folders.load(exam), once)
    assert not await store.folders.applied(Occasion(once.event_id, "file-management-accounts"))


async def test_of_many_savers_at_once_one_wins(store: Store) -> None:
    exam = new_exam()
    folders = [with_report(await store.folders.load(exam)) for _ in range(6)]
    outcomes = await asyncio.gather(
        *(store.folders.save(folder, occasion()) for folder in folders), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes].count(type(None)) == 1
    assert [type(outcome) for outcome in outcomes].count(Overtaken) == 5
    assert store.published() == 1


async def test_events_are_put_in_the_outbox_with_the_state_and_the_relay_is_woken(store: Store) -> None:
    exam = new_exam()
    await store.folders.save(await store.folders.load(exam), occasion())
    assert store.rung == []
    await store.folders.save(with_report(await store.folders.load(exam)), occasion())
    assert store.published() == 1
    assert store.rung == [True]


async def test_exams_are_found_by_patient_and_by_requester(store: Store) -> None:
    exam = new_exam()
    await store.folders.save(await store.folders.load(exam), occasion())
    other = UUID(int=exam.person_id.int ^ 1)
    assert [found.exam_id for found in await store.folders.folders_of(exam.person_id)] == [exam.exam_id]
    assert [found.exam_id for found in await store.folders.folders_of(exam.requester_id)] == [exam.exam_id]
    assert list(await store.folders.folders_of(other)) == []


async def test_a_folder_of_another_clinic_is_another_folder(store: Store) -> None:
    exam = new_exam()
    await store.folders.save(with_report(await store.folders.load(exam)), occasion())
    elsewhere = ExamRef(
        new_id(), exam.exam_id, exam.patient_id, exam.person_id, exam.requester_id, exam.protocol, 1
    )
    assert (await store.folders.load(elsewhere)).revision == 0


async def test_a_code_proves_what_was_last_saved_with_its_report(store: Store) -> None:
    exam = new_exam()
    await store.folders.save(with_report(await store.folders.load(exam)), occasion())
    expected = Proof(code_of(exam, 1), Status.READY, 1, "ab" * 32, NOW, "Laboratório Aurora")
    assert await store.proofs.proof(code_of(exam, 1)) == expected
    folder = with_report(await store.folders.load(exam), 2)
    folder.open_report(1)
    folder.open_report(2)
    await store.folders.save(folder, occasion())
    assert await store.proofs.proof(code_of(exam, 1)) == replace(expected, status=Status.REPLACED)
    newest = replace(expected, code=code_of(exam, 2), report_version=2, status=Status.OPENED)
    assert await store.proofs.proof(code_of(exam, 2)) == newest


async def test_a_code_of_a_save_that_was_overtaken_and_no_code_prove_nothing(store: Store) -> None:
    exam = new_exam()
    first, second = await store.folders.load(exam), await store.folders.load(exam)
    await store.folders.save(first, occasion())
    with pytest.raises(Overtaken):
        await store.folders.save(with_report(second), occasion())
    assert await store.proofs.proof(code_of(exam, 1)) is None
    assert await store.proofs.proof("") is None
