"""When a patient was erased, drafts go for good and signed reports stay."""

from uuid import UUID

import pytest

from services.file_management.domain.report_file import Kind
from services.file_management.infrastructure.announcements import announce
from services.file_management.infrastructure.in_memory.edges import InMemoryObjects
from services.shared.contracts import accounts
from services.shared.contracts.file_management import FileDeleted, FileProcessed
from services.shared.kernel.errors import UNAVAILABLE, LaudoError
from services.shared.kernel.ids import new_id
from services.shared.platform.messaging.envelope import Message, new_message, parse_message
from tests.unit.file_management.samples import REQUESTER_ID
from tests.unit.file_management.test_messages import completed, created, ready, updated
from tests.unit.file_management.world import CLINIC, EXAM, NOW, PERSON, World


@pytest.fixture
def world() -> World:
    return World()


def gone(account_id: UUID = PERSON) -> Message:
    data = accounts.AccountDeleted(version=3, account_id=account_id)
    return new_message(
        "account.deleted", source="/accounts", subject=new_id(), clinic_id=CLINIC, time=NOW, data=data
    )


async def kinds(world: World) -> set[Kind]:
    return {file.kind for file in await world.folders.files_of(EXAM)}


def stored(world: World) -> set[str]:
    return {key.rpartition("/")[2].partition("-")[0] for key in world.objects.stored}


async def test_a_signed_version_loses_its_draft_and_that_is_announced_as_newer(world: World) -> None:
    for message in (created(), completed(), updated("released"), ready()):
        await world.exam_events.apply(message)
    assert stored(world) == {"draft", "final"}
    await world.account_events.apply(gone())
    assert (stored(world), await kinds(world)) == ({"final"}, {Kind.SIGNED_REPORT})
    told = parse_message(announce(world.folders.published[-1]).to_json())
    drafted = announce(world.folders.published[0]).data
    assert told.type == "file.deleted"
    assert isinstance(told.data, FileDeleted)
    assert isinstance(drafted, FileProcessed)
    assert told.data.file_id == drafted.file_id
    assert told.data.version > drafted.version


async def test_a_second_time_there_is_nothing_to_do(world: World) -> None:
    for message in (created(), completed(), updated("released"), ready(), gone(), gone()):
        handler = world.account_events if message.type == "account.deleted" else world.exam_events
        await handler.apply(message)
    assert sum(isinstance(announce(each).data, FileDeleted) for each in world.folders.published) == 1


async def test_the_draft_of_an_exam_under_way_stays_until_its_report_is_opened(world: World) -> None:
    for message in (created(), completed()):
        await world.exam_events.apply(message)
    await world.account_events.apply(gone())
    assert stored(world) == {"draft"}
    for message in (updated("released"), ready()):
        await world.exam_events.apply(message)
    assert (stored(world), await kinds(world)) == ({"final"}, {Kind.SIGNED_REPORT})


class StoreThatFailsOnce(InMemoryObjects):
    failures = 1

    async def erase(self, key: str) -> None:
        self.failures -= 1
        if self.failures >= 0:
            raise UNAVAILABLE.error()
        await super().erase(key)


async def test_a_run_that_broke_off_after_opening_is_made_good_when_the_event_comes_again() -> None:
    world = World(objects=StoreThatFailsOnce())
    for message in (created(), completed()):
        await world.exam_events.apply(message)
    await world.account_events.apply(gone())
    await world.exam_events.apply(updated("released"))
    opening = ready()
    with pytest.raises(LaudoError):
        await world.exam_events.apply(opening)
    assert stored(world) == {"draft", "final"}
    await world.exam_events.apply(opening)
    assert (stored(world), await kinds(world)) == ({"final"}, {Kind.SIGNED_REPORT})


async def test_a_doctor_who_leaves_takes_no_draft_along(world: World) -> None:
    for message in (created(), completed(), updated("released"), ready()):
        await world.exam_events.apply(message)
    await world.account_events.apply(gone(UUID(REQUESTER_ID)))
    assert stored(world) == {"draft", "final"}
