"""From wire events to effects, and from domain events to the wire."""

from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel

from services.file_management.application.commands.open_report import NothingToOpen
from services.file_management.application.policy import decision_on
from services.file_management.domain.report_file import Kind, Status, file_id
from services.file_management.infrastructure.announcements import announce
from services.shared.contracts import accounts
from services.shared.contracts import exam_results as contract
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.messaging.envelope import Message, new_message, parse_message
from tests.unit.file_management import samples
from tests.unit.file_management.world import CLINIC, EXAM, NOW, PERSON, World


@pytest.fixture
def world() -> World:
    return World()


def event(name: str, model: type[BaseModel], version: int, **data: Any) -> Message:
    exam = {
        "exam_id": EXAM,
        "protocol": samples.PROTOCOL,
        "patient_id": UUID(samples.PATIENT_ID),
        "person_id": PERSON,
        "requester_id": UUID(samples.REQUESTER_ID),
    }
    body = model(version=version, **exam, **data)
    made = new_message(name, source="/exam-results", subject=EXAM, clinic_id=CLINIC, time=NOW, data=body)
    return parse_message(made.to_json())


def created(version: int = 1) -> Message:
    return event("exam.created", contract.ExamCreated, version, state="registered", created_at=NOW)


def completed(version: int = 4) -> Message:
    return event(
        "exam.completed",
        contract.ExamCompleted,
        version,
        report_version=1,
        collected_at=NOW,
        completed_at=NOW,
    )


def updated(state: str, version: int = 5, report_version: int | None = 1) -> Message:
    return event(
        "exam.updated",
        contract.ExamUpdated,
        version,
        state=state,
        previous_state="completed",
        report_version=report_version,
        occurred_at=NOW,
        ever_released=state == "released",
    )


def ready(version: int = 6) -> Message:
    return event(
        "exam.result.ready",
        contract.ExamResultReady,
        version,
        report_version=1,
        file_id=file_id(EXAM, 1, Kind.SIGNED_REPORT),
        sha256="00",
        ready_at=NOW,
    )


async def test_the_main_job_from_order_to_opened_report(world: World) -> None:
    for message in (created(), completed(), updated("released"), ready()):
        assert await world.exam_events.apply(message) == "done"
    states = {file.kind: file.status for file in await world.folders.files_of(EXAM)}
    assert states == {Kind.DRAFT_REPORT: Status.READY, Kind.SIGNED_REPORT: Status.OPENED}


async def test_every_event_twice_changes_nothing_the_second_time(world: World) -> None:
    for message in (created(), completed(), updated("released"), ready()):
        await world.exam_events.apply(message)
        assert await world.exam_events.apply(message) in ("repeat", "stale")
    assert world.signer.signed == 1
    assert len(world.folders.published) == 2


async def test_release_before_creation_before_completion_ends_the_same(world: World) -> None:
    for message in (updated("released"), created(), completed()):
        await world.exam_events.apply(message)
    assert {file.kind for file in await world.folders.files_of(EXAM)} == {Kind.SIGNED_REPORT}


@pytest.mark.parametrize("state", ["scheduled", "collected", "in_analysis", "cancelled", "completed"])
async def test_other_changes_of_an_exam_make_no_document(world: World, state: str) -> None:
    assert await world.exam_events.apply(updated(state, report_version=None)) == "stale"
    assert world.press.rendered == 0


async def test_ready_before_the_signed_report_is_there_comes_again(world: World) -> None:
    message = ready()
    with pytest.raises(NothingToOpen):
        await world.exam_events.apply(message)
    await world.exam_events.apply(updated("released"))
    assert await world.exam_events.apply(message) == "done"


async def test_a_new_requester_sees_the_reports_of_the_exam(world: World) -> None:
    await world.exam_events.apply(updated("released"))
    newer = updated("released", version=9).data.model_copy(update={"requester_id": UUID(int=7)})
    message = new_message(
        "exam.updated", source="/exam-results", subject=EXAM, clinic_id=CLINIC, time=NOW, data=newer
    )
    await world.exam_events.apply(message)
    await world.exam_events.apply(ready(version=10))
    (file,) = await world.folders.files_of(EXAM)
    assert file.status is Status.OPENED


def handed_to(person_id: UUID, version: int) -> Message:
    """The exam's record was merged into another of the same person, or taken out again."""
    told = updated("released", version=version).data.model_copy(
        update={"person_id": person_id, "person_changed": True, "previous_state": "released"}
    )
    return new_message(
        "exam.updated", source="/exam-results", subject=EXAM, clinic_id=CLINIC, time=NOW, data=told
    )


async def may_read(world: World, person_id: UUID) -> list[Status]:
    patient = Principal(person_id, frozenset({Role.PATIENT}))
    files = await world.folders.files_of(EXAM)
    return [file.status for file in files if decision_on(patient, file, NOW).allowed]


async def test_documents_follow_the_person_of_the_exam_and_go_back(world: World) -> None:
    survivor = UUID(int=9)
    for message in (created(), updated("released"), ready()):
        await world.exam_events.apply(message)
    assert await may_read(world, PERSON) == [Status.OPENED]
    merged, undone = handed_to(survivor, 7), handed_to(PERSON, 8)
    assert await world.exam_events.apply(merged) == "done"
    assert (await may_read(world, survivor), await may_read(world, PERSON)) == ([Status.OPENED], [])
    assert await world.exam_events.apply(merged) in ("repeat", "stale")
    assert await world.exam_events.apply(undone) == "done"
    assert (await may_read(world, survivor), await may_read(world, PERSON)) == ([], [Status.OPENED])
    assert world.signer.signed == 1


async def test_who_the_exam_belongs_to_is_the_newest_word_in_whatever_order(world: World) -> None:
    survivor = UUID(int=9)
    late = handed_to(survivor, 7)
    assert await world.exam_events.apply(handed_to(PERSON, 8)) == "done"
    assert await world.exam_events.apply(late) == "stale"
    for message in (updated("released"), created()):
        await world.exam_events.apply(message)
    await world.exam_events.apply(ready())
    assert (await may_read(world, survivor), await may_read(world, PERSON)) == ([], [Status.OPENED])


async def test_a_report_signed_after_the_merge_is_for_the_survivors_person(world: World) -> None:
    """The release was announced before the merge and comes after it."""
    survivor = UUID(int=9)
    await world.exam_events.apply(handed_to(survivor, 7))
    await world.exam_events.apply(updated("released", version=5))
    await world.exam_events.apply(ready(version=6))
    assert (await may_read(world, survivor), await may_read(world, PERSON)) == ([Status.OPENED], [])


async def test_an_account_that_is_gone_closes_its_documents_once(world: World) -> None:
    for message in (created(), updated("released"), ready()):
        await world.exam_events.apply(message)
    gone = new_message(
        "account.deleted",
        source="/accounts",
        subject=PERSON,
        clinic_id=CLINIC,
        time=NOW,
        data=accounts.AccountDeleted(version=3, account_id=PERSON),
    )
    assert await world.account_events.apply(gone) == "done"
    assert await world.account_events.apply(gone) == "stale"
    (file,) = await world.folders.files_of(EXAM)
    assert file.closed_to == {PERSON}


async def test_what_is_announced_is_thin_and_valid(world: World) -> None:
    await world.exam_events.apply(updated("released"))
    (published,) = world.folders.published
    message = parse_message(announce(published).to_json())
    assert message.type == "file.processed"
    assert message.clinic_id == CLINIC
    assert set(message.data.model_dump()) == {
        "version",
        "file_id",
        "exam_id",
        "person_id",
        "kind",
        "report_version",
        "sha256",
        "size_bytes",
        "occurred_at",
    }
