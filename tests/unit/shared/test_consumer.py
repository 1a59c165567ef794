"""A consumer returns only what failed, after the design's delays, and fills no dead letters during an outage."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from services.shared.contracts.accounts import AccountDeleted
from services.shared.kernel.ids import new_id
from services.shared.platform.messaging.consumer import SqsConsumer, SqsPoller
from services.shared.platform.messaging.envelope import Message, new_message
from services.shared.platform.topology import load_topology


def deleted() -> str:
    account = new_id()
    data = AccountDeleted(version=1, account_id=account)
    message = new_message(
        "account.deleted",
        source="/accounts",
        subject=account,
        clinic_id=new_id(),
        time=datetime.now(UTC),
        data=data,
    )
    return message.to_json().decode()


class Queue:
    """SQS as the poller sees it: one batch of messages, and what was done with each."""

    def __init__(self, bodies: list[str], received: int = 1) -> None:
        self.batch = [
            {
                "MessageId": f"m{n}",
                "ReceiptHandle": f"r{n}",
                "Body": body,
                "Attributes": {"ApproximateReceiveCount": str(received)},
            }
            for n, body in enumerate(bodies)
        ]
        self.deleted: list[str] = []
        self.returned: list[tuple[str, int]] = []
        self.sent: list[tuple[str, int]] = []

    def get_queue_url(self, QueueName: str) -> dict[str, str]:  # noqa: N803 - the SDK's own names
        return {"QueueUrl": QueueName}

    def receive_message(self, **_: Any) -> dict[str, Any]:
        batch, self.batch = self.batch, []
        return {"Messages": batch}

    def delete_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> None:  # noqa: N803
        self.deleted += [entry["ReceiptHandle"] for entry in Entries]

    def delete_message(self, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803
        self.deleted.append(ReceiptHandle)

    def change_message_visibility(self, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> None:  # noqa: N803
        self.returned.append((ReceiptHandle, VisibilityTimeout))

    def send_message(self, QueueUrl: str, MessageBody: str, DelaySeconds: int) -> None:  # noqa: N803
        self.sent.append((MessageBody, DelaySeconds))


class Effect:
    def __init__(self, failing: set[int] = frozenset()) -> None:  # type: ignore[assignment]
        self.failing = failing
        self.seen = 0

    async def __call__(self, _: Message) -> str:
        self.seen += 1
        if self.seen in self.failing:
            raise RuntimeError
        return "done"


async def poll(queue: Queue, effect: Effect, *, healthy: bool = True) -> None:
    consumer = SqsConsumer(
        "notification-accounts",
        effect,
        types=frozenset({"account.deleted"}),
        loop=asyncio.get_running_loop(),
    )

    async def health() -> bool:
        return healthy

    await SqsPoller(queue, consumer, load_topology().queue_settings, health).poll_once()


async def test_handled_messages_are_deleted() -> None:
    queue = Queue([deleted(), deleted()])
    await poll(queue, Effect())
    assert queue.deleted == ["r0", "r1"]


async def test_only_the_failed_message_returns() -> None:
    queue = Queue([deleted(), deleted(), deleted()])
    await poll(queue, Effect({2}))
    assert queue.deleted == ["r0", "r2"]
    assert queue.returned == [("r1", 1)]


async def test_a_batch_that_fails_whole_returns_whole() -> None:
    queue = Queue([deleted(), deleted()])
    await poll(queue, Effect({1, 2}))
    assert queue.deleted == []
    assert len(queue.returned) == 2


@pytest.mark.parametrize(("received", "delay"), [(1, 1), (2, 2), (3, 0)])
async def test_retries_wait_one_then_two_seconds(received: int, delay: int) -> None:
    queue = Queue([deleted()], received)
    await poll(queue, Effect({1}))
    assert queue.returned == [("r0", delay)]


async def test_malformed_and_foreign_messages_never_reach_the_effect() -> None:
    foreign = json.dumps({**json.loads(deleted()), "type": "exam.created"})
    effect = Effect()
    queue = Queue(["{", foreign, deleted()])
    await poll(queue, effect)
    assert effect.seen == 1
    assert [handle for handle, _ in queue.returned] == ["r0", "r1"]


async def test_while_the_own_dependency_is_down_the_same_body_is_sent_again_delayed() -> None:
    body = deleted()
    queue = Queue([body], received=3)
    await poll(queue, Effect({1}), healthy=False)
    assert queue.sent == [(body, 15)]
    assert queue.deleted == ["r0"]
    assert queue.returned == []


async def test_a_batch_in_hand_is_finished_before_the_poller_stops() -> None:
    queue, started = Queue([deleted()]), asyncio.Event()

    async def slow(_: Message) -> str:
        started.set()
        await asyncio.sleep(0.2)
        return "done"

    consumer = SqsConsumer(
        "notification-accounts", slow, types=frozenset({"account.deleted"}), loop=asyncio.get_running_loop()
    )
    poller = asyncio.create_task(
        SqsPoller(queue, consumer, load_topology().queue_settings, _healthy).poll_once()
    )
    await started.wait()
    poller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await poller
    assert queue.deleted == ["r0"]


async def _healthy() -> bool:
    return True
