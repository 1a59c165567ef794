"""The outbox on DynamoDB: several relays, failed publications, a relay that dies."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from services.file_management.domain.exam_folder import ExamFolder, ExamRef, FileProcessed
from services.file_management.domain.report_file import Kind
from services.file_management.infrastructure.announcements import announce
from services.file_management.infrastructure.dynamodb import outbox as module
from services.file_management.infrastructure.dynamodb.outbox import DynamoOutbox
from services.file_management.infrastructure.dynamodb.table import Table, TableAddress, connect_table
from services.shared.kernel.clock import SystemClock
from services.shared.kernel.ids import new_id
from services.shared.platform.messaging.envelope import Message
from services.shared.platform.messaging.publisher import OutboxMessage


class Publisher:
    def __init__(self, accepts: bool = True) -> None:
        self.accepts = accepts
        self.sent: list[UUID] = []

    async def __call__(self, messages: Sequence[OutboxMessage]) -> frozenset[UUID]:
        await asyncio.sleep(0)
        self.sent += [message.id for message in messages]
        return frozenset(message.id for message in messages) if self.accepts else frozenset()


@pytest.fixture
def table(aws: Any) -> Table:
    mine = aws.credentials["file-management"]
    made = connect_table(
        TableAddress("laudo-files", aws.region, aws.url, mine.access_key_id, mine.secret_access_key)
    )
    for shard in range(4):
        for row in made.outbox.index.query(str(shard)):
            row.delete()
    return made


def put(outbox: DynamoOutbox, count: int) -> set[UUID]:
    messages = [some_message() for _ in range(count)]
    for message in messages:
        outbox.row(message).save()
    return {message.id for message in messages}


def some_message() -> Message:
    exam = ExamRef(new_id(), new_id(), new_id(), new_id(), new_id(), "26-1", 1)
    file = ExamFolder(exam).add_report(
        Kind.DRAFT_REPORT, 1, exam_version=1, sha256="00" * 32, size_bytes=1, now=SystemClock().now()
    )
    return announce(FileProcessed(file))


async def test_everything_is_published_and_then_gone(table: Table) -> None:
    outbox, publisher = DynamoOutbox(table, "file-management-events", shards=4), Publisher()
    ids = put(outbox, 23)
    while await outbox.relay_batch(publisher, 10):
        pass
    assert set(publisher.sent) == ids
    assert len(publisher.sent) == 23
    assert await outbox.relay_batch(publisher, 10) == 0


async def test_a_look_tells_how_many_it_claimed_and_how_old_the_oldest_is(table: Table) -> None:
    def told(name: str) -> float | None:
        return REGISTRY.get_sample_value(f"laudo_outbox_{name}", {"store": "dynamodb"})

    outbox, publisher = DynamoOutbox(table, "file-management-events"), Publisher()
    put(outbox, 3)
    assert await outbox.relay_batch(publisher, 10) == 3
    assert told("waiting") == 3
    assert 0 < (told("lag_seconds") or 0) < 600
    assert await outbox.relay_batch(publisher, 10) == 0
    assert (told("waiting"), told("lag_seconds")) == (0, 0)


async def test_relays_side_by_side_publish_each_message_once(table: Table) -> None:
    relays = [DynamoOutbox(table, "file-management-events") for _ in range(4)]
    ids, publisher = put(relays[0], 30), Publisher()
    for _ in range(6):
        await asyncio.gather(*(relay.relay_batch(publisher, 10) for relay in relays))
    assert sorted(publisher.sent) == sorted(ids)


async def test_what_was_not_accepted_is_tried_again_at_once(table: Table) -> None:
    outbox, refusing, accepting = DynamoOutbox(table, "file-management-events"), Publisher(False), Publisher()
    ids = put(outbox, 3)
    assert await outbox.relay_batch(refusing, 10) == 3
    assert await outbox.relay_batch(accepting, 10) == 3
    assert set(accepting.sent) == ids


def later(monkeypatch: pytest.MonkeyPatch, milliseconds: int) -> None:
    now = module._now_ms
    monkeypatch.setattr(module, "_now_ms", lambda: now() + milliseconds)


async def test_a_relay_that_dies_while_publishing_loses_its_lease(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox, publisher = DynamoOutbox(table, "file-management-events"), Publisher()
    ids = put(outbox, 2)

    async def die(_: Sequence[OutboxMessage]) -> frozenset[UUID]:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await outbox.relay_batch(die, 10)
    assert await outbox.relay_batch(publisher, 10) == 0  # still leased
    later(monkeypatch, module.LEASE_MS + 1)
    assert await outbox.relay_batch(publisher, 10) == 2
    assert set(publisher.sent) == ids


async def test_own_rows_are_published_once_handed_over_and_by_nobody_else_meanwhile(table: Table) -> None:
    outbox, other, publisher = *(DynamoOutbox(table, "file-management-events") for _ in range(2)), Publisher()
    row = outbox.own_row(some_message())
    row.save()
    assert await other.relay_batch(publisher, 10) == 0
    outbox.hand_over([row])
    assert await outbox.relay_batch(publisher, 10) == 1
    assert await outbox.relay_batch(publisher, 10) == 0
    assert [str(each) for each in publisher.sent] == [row.message_id]


async def test_an_own_row_whose_process_died_is_published_by_another(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox, other, publisher = *(DynamoOutbox(table, "file-management-events") for _ in range(2)), Publisher()
    row = outbox.own_row(some_message())
    row.save()
    later(monkeypatch, module.LEASE_MS + 1)
    outbox.hand_over([row])  # too late: the lease has ended, so it is looked for like any other
    assert await other.relay_batch(publisher, 10) == 1
    assert await outbox.relay_batch(publisher, 10) == 0
    assert len(publisher.sent) == 1
