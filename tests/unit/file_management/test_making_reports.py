"""The rules of drafts and signed reports: due, once, checked, in the face of repeats and of other workers."""

import asyncio
from uuid import UUID

import pytest

from services.file_management.application.ports import AlreadyApplied
from services.file_management.domain.errors import ReportCheckFailed, SignatureBroken, SnapshotUnfit
from services.file_management.domain.proofreading import Finding
from services.file_management.domain.report_file import Kind, Status, file_id
from services.shared.kernel.errors import LaudoError
from tests.unit.file_management import samples
from tests.unit.file_management.world import CLINIC, EXAM, World, exam, occasion

SIGNED = file_id(EXAM, 1, Kind.SIGNED_REPORT)
DRAFT = file_id(EXAM, 1, Kind.DRAFT_REPORT)


@pytest.fixture
def world() -> World:
    return World()


async def test_completion_makes_a_draft_whatever_came_first(world: World) -> None:
    assert await world.render_draft.run(exam(5), 1, occasion())
    file = await world.folders.file(DRAFT)
    assert file is not None
    assert (file.status, file.clinic_id, file.name) == (
        Status.READY,
        CLINIC,
        f"laudo-{samples.PROTOCOL}-v1-rascunho.pdf",
    )
    assert file.object_key == f"{CLINIC}/{EXAM}/1/draft-{file.sha256}.pdf"
    assert world.objects.stored.keys() == {file.object_key}
    assert [event.file.id for event in world.folders.published] == [DRAFT]


async def test_completed_again_the_draft_is_made_again_and_an_older_event_changes_nothing(
    world: World,
) -> None:
    await world.render_draft.run(exam(5), 1, occasion())
    changed = samples.draft()
    changed["results"][0] |= {"value": "4.99", "value_display_pt": "4,99"}
    world.source.documents[EXAM, 1, "draft"] = changed
    assert await world.render_draft.run(exam(9), 1, occasion())
    assert not await world.render_draft.run(exam(5), 1, occasion())
    assert [event.file.source_version for event in world.folders.published] == [5, 9]
    assert len(await world.folders.files_of(EXAM)) == 1


async def test_no_draft_is_made_beside_a_signed_report(world: World) -> None:
    await world.sign_report.run(exam(7), 1, occasion())
    assert not await world.render_draft.run(exam(6), 1, occasion())


async def test_release_makes_one_signed_report_with_a_verification_code(world: World) -> None:
    assert await world.sign_report.run(exam(7), 1, occasion())
    file = await world.folders.file(SIGNED)
    assert file is not None
    assert file.kind is Kind.SIGNED_REPORT
    assert file.verification_code is not None
    assert len(file.verification_code) == 19
    assert world.objects.stored[file.object_key].startswith(b"%PDF-")
    assert file.name == f"laudo-{samples.PROTOCOL}-v1.pdf"


async def test_the_same_event_again_is_told_apart_and_another_of_the_same_version_is_not_due(
    world: World,
) -> None:
    first = occasion()
    await world.sign_report.run(exam(7), 1, first)
    with pytest.raises(AlreadyApplied):
        await world.sign_report.run(exam(7), 1, first)
    assert not await world.sign_report.run(exam(7), 1, occasion())
    assert world.signer.signed == 1
    assert len(world.folders.published) == 1


async def test_workers_that_sign_at_the_same_time_leave_one_signed_report(world: World) -> None:
    outcomes = await asyncio.gather(
        *(world.sign_report.run(exam(7), 1, occasion()) for _ in range(5)), return_exceptions=True
    )
    assert sorted(str(outcome) for outcome in outcomes).count("True") == 1
    assert len(world.folders.published) == 1
    assert len(await world.folders.files_of(EXAM)) == 1


async def test_paper_that_differs_from_the_data_is_not_signed_and_a_person_is_called(world: World) -> None:
    world.press.findings = [Finding("row/1/value")]
    with pytest.raises(ReportCheckFailed):
        await world.sign_report.run(exam(7), 1, occasion())
    assert world.signer.signed == 0
    assert world.objects.stored == {}
    assert world.folders.published == []
    assert world.alarm.raised == [("report.check_failed", EXAM, 1, ("row/1/value",))]
    assert (await world.folders.load(exam())).failed_checks == {1: ("row/1/value",)}


async def test_once_the_check_passes_the_report_is_signed_and_the_failure_forgotten(world: World) -> None:
    again = occasion()
    world.press.findings = [Finding("row/1/value")]
    with pytest.raises(ReportCheckFailed):
        await world.sign_report.run(exam(7), 1, again)
    world.press.findings = []
    assert await world.sign_report.run(exam(7), 1, again)
    assert (await world.folders.load(exam())).failed_checks == {}


async def test_a_draft_that_differs_from_the_data_is_not_kept(world: World) -> None:
    world.press.findings = [Finding("table/rows")]
    with pytest.raises(ReportCheckFailed):
        await world.render_draft.run(exam(5), 1, occasion())
    assert world.objects.stored == {}
    assert len(world.alarm.raised) == 1


async def test_a_signature_that_does_not_verify_is_not_stored(world: World) -> None:
    world.signer.breaks = True
    with pytest.raises(SignatureBroken):
        await world.sign_report.run(exam(7), 1, occasion())
    assert world.objects.stored == {}
    assert world.alarm.raised[0][0] == "report.signature_broken"


@pytest.mark.parametrize(
    "changes",
    [
        {"exam_id": "0192f0aa-0000-7000-8000-00000000ffff"},
        {"report_version": 2},
        {"stage": "draft"},
        {"patient": samples.snapshot()["patient"] | {"person_id": samples.REQUESTER_ID}},
        {"clinic": samples.snapshot()["clinic"] | {"id": samples.REQUESTER_ID}},
    ],
)
async def test_a_snapshot_of_something_else_is_refused(world: World, changes: dict[str, object]) -> None:
    world.source.documents[EXAM, 1, "final"] = samples.snapshot(**changes)
    with pytest.raises(SnapshotUnfit):
        await world.sign_report.run(exam(7), 1, occasion())


async def test_a_snapshot_that_cannot_be_had_leaves_nothing_behind(world: World) -> None:
    del world.source.documents[EXAM, 1, "final"]
    once = occasion()
    with pytest.raises(LaudoError):
        await world.sign_report.run(exam(7), 1, once)
    assert not await world.folders.applied(once)
    assert await world.folders.files_of(EXAM) == []


async def test_opening_a_new_version_replaces_the_old_one(world: World) -> None:
    for version in (1, 2):
        await world.sign_report.run(exam(6 + version), version, occasion())
        await world.open_report.run(exam(7 + version), version, occasion())
    by_version = {file.report_version: file.status for file in await world.folders.files_of(EXAM)}
    assert by_version == {1: Status.REPLACED, 2: Status.OPENED}


async def test_a_version_signed_but_not_ready_stays_closed_and_the_old_one_open(world: World) -> None:
    await world.sign_report.run(exam(7), 1, occasion())
    await world.open_report.run(exam(8), 1, occasion())
    await world.sign_report.run(exam(9), 2, occasion())
    by_version = {file.report_version: file.status for file in await world.folders.files_of(EXAM)}
    assert by_version == {1: Status.OPENED, 2: Status.READY}


async def test_versions_opened_in_the_wrong_order_end_the_same(world: World) -> None:
    for version in (1, 2):
        await world.sign_report.run(exam(6 + version), version, occasion())
    await world.open_report.run(exam(10), 2, occasion())
    await world.open_report.run(exam(9), 1, occasion())
    by_version = {file.report_version: file.status for file in await world.folders.files_of(EXAM)}
    assert by_version == {1: Status.REPLACED, 2: Status.OPENED}


def test_the_same_document_has_the_same_id_and_every_other_another() -> None:
    ids: set[UUID] = {file_id(EXAM, version, kind) for version in range(1, 50) for kind in Kind}
    assert len(ids) == 98
    assert file_id(EXAM, 1, Kind.SIGNED_REPORT) == SIGNED
