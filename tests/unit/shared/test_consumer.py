"""A consumer returns only what failed, after the design's delays, and fills no dead letters during an outage."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from services.shared.contracts.accounts import AccountDeleted
from services.shared.kernel.errors import UNAVAILABLE
from services.shared.kernel.ids import new_id
from services.shared.platform.logs import configure_logs
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

    def __init__(self, bodies: list[str], failures: int = 0) -> None:
        self.batch: list[dict[str, Any]] = [
            {
                "MessageId": f"m{n}",
                "ReceiptHandle": f"r{n}",
                "Body": body,
                "MessageAttributes": {"failures": {"DataType": "Number", "StringValue": str(failures)}},
            }
            for n, body in enumerate(bodies)
        ]
        self.deleted: list[str] = []
        self.sent: list[tuple[str, str, int, str]] = []  # queue, body, delay, failures
        self.hidden: list[tuple[str, int]] = []  # receipt handle, seconds
        self.reasons: list[tuple[str, str]] = []  # of what was sent: why, and the error's code or class

    def get_queue_url(self, QueueName: str) -> dict[str, str]:  # noqa: N803 - the SDK's own names
        return {"QueueUrl": QueueName}

    def receive_message(self, **asked: Any) -> dict[str, Any]:
        batch, self.batch = self.batch, []
        self.hidden += [(message["ReceiptHandle"], asked["VisibilityTimeout"]) for message in batch]
        return {"Messages": batch}

    def change_message_visibility_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> None:  # noqa: N803
        self.hidden += [(entry["ReceiptHandle"], entry["VisibilityTimeout"]) for entry in Entries]

    def delete_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> None:  # noqa: N803
        self.deleted += [entry["ReceiptHandle"] for entry in Entries]

    def delete_message(self, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803
        self.deleted.append(ReceiptHandle)

    def send_message(
        self,
        QueueUrl: str,  # noqa: N803
        MessageBody: str,  # noqa: N803
        DelaySeconds: int,  # noqa: N803
        MessageAttributes: dict[str, dict[str, str]],  # noqa: N803
    ) -> None:
        failures = MessageAttributes["failures"]["StringValue"]
        self.sent.append((QueueUrl, MessageBody, DelaySeconds, failures))
        reason, error = (
            MessageAttributes.get(name, {}).get("StringValue", "") for name in ("reason", "error")
        )
        self.reasons.append((reason, error))


class Effect:
    def __init__(
        self,
        failing: set[int] = frozenset(),  # type: ignore[assignment]
        error: Exception = RuntimeError("Maria"),  # noqa: B008
    ) -> None:
        self.failing = failing
        self.error = error
        self.seen = 0

    async def __call__(self, _: Message) -> str:
        self.seen += 1
        if self.seen in self.failing:
            raise self.error
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
    bodies = [deleted(), deleted(), deleted()]
    queue = Queue(bodies)
    await poll(queue, Effect({2}))
    assert queue.deleted == ["r0", "r2", "r1"]
    assert queue.sent == [("notification-accounts", bodies[1], 1, "1")]


async def test_a_batch_that_fails_whole_returns_whole() -> None:
    queue = Queue([deleted(), deleted()])
    await poll(queue, Effect({1, 2}))
    assert queue.deleted == ["r0", "r1"]
    assert len(queue.sent) == 2


@pytest.mark.parametrize(
    ("failures", "to", "delay"),
    [(0, "notification-accounts", 1), (1, "notification-accounts", 2), (2, "notification-accounts-dlq", 0)],
)
async def test_after_one_and_two_seconds_the_third_failure_is_a_dead_letter(
    failures: int, to: str, delay: int
) -> None:
    body = deleted()
    queue = Queue([body], failures)
    await poll(queue, Effect({1}))
    assert queue.sent == [(to, body, delay, str(failures + 1))]
    assert queue.deleted == ["r0"]


async def test_malformed_and_foreign_messages_never_reach_the_effect() -> None:
    foreign = json.dumps({**json.loads(deleted()), "type": "exam.created"})
    effect = Effect()
    queue = Queue(["{", foreign, deleted()])
    await poll(queue, effect)
    assert effect.seen == 1
    assert [body for _, body, _, _ in queue.sent] == ["{", foreign]


async def test_what_can_never_succeed_is_a_dead_letter_at_once_even_during_an_outage() -> None:
    foreign = json.dumps({**json.loads(deleted()), "type": "exam.created"})
    unmatched = json.dumps({**json.loads(deleted()), "data": {"account_id": "x"}})
    known = json.loads(deleted())
    well_formed_but_foreign = json.dumps(
        known
        | {"type": "notification.command.sign_in_alert"}
        | {"data": {"account_id": known["subject"], "signed_in_at": known["time"]}}
    )
    for healthy in (True, False):
        queue = Queue(["{", foreign, unmatched, well_formed_but_foreign])
        await poll(queue, Effect(), healthy=healthy)
        assert {(to, delay, failures) for to, _, delay, failures in queue.sent} == {
            ("notification-accounts-dlq", 0, "1")
        }
        assert [reason for reason, _ in queue.reasons] == ["malformed"] * 3 + ["foreign_type"]
        assert len(queue.deleted) == 4


@pytest.mark.parametrize(
    ("error", "stated"),
    [
        (RuntimeError("Maria da Silva, 11,4"), ("failed", "RuntimeError")),
        (UNAVAILABLE.error(), ("failed", "unavailable")),
        (TimeoutError("Maria"), ("timed_out", "")),
    ],
)
async def test_a_dead_letter_states_why_by_a_code_and_never_by_a_text(
    error: Exception, stated: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs("test-service")
    body = deleted()
    queue = Queue([body], failures=2)
    await poll(queue, Effect({1}, error))
    assert queue.reasons == [stated]
    [line] = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "message.dead" in line]
    assert (line["reason"], line["error"] or "") == stated
    assert line["event_id"] == json.loads(body)["id"]
    assert line["trace_id"] == json.loads(body)["traceparent"].split("-")[1]
    assert "Maria" not in json.dumps(line)


async def test_a_message_on_its_way_back_carries_no_reason() -> None:
    queue = Queue([deleted()])
    await poll(queue, Effect({1}))
    assert queue.reasons == [("", "")]


async def test_while_the_own_dependency_is_down_the_same_body_is_sent_again_delayed() -> None:
    body = deleted()
    queue = Queue([body], failures=2)
    await poll(queue, Effect({1}), healthy=False)
    assert queue.sent == [("notification-accounts", body, 15, "2")]
    assert queue.deleted == ["r0"]


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


async def test_a_message_in_hand_is_hidden_again_while_the_work_lasts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.shared.platform.messaging.consumer._HIDE_AGAIN_S", 0.01)
    queue = Queue([deleted(), deleted()])

    async def until_hidden_again(_: Message) -> str:
        while len(queue.hidden) < 6:
            await asyncio.sleep(0.005)
        return "done"

    consumer = SqsConsumer(
        "notification-accounts",
        until_hidden_again,
        types=frozenset({"account.deleted"}),
        loop=asyncio.get_running_loop(),
    )
    await SqsPoller(queue, consumer, load_topology().queue_settings, _healthy).poll_once()
    assert set(queue.hidden) == {("r0", 10), ("r1", 10)}
    assert queue.deleted == ["r0", "r1"]


async def _healthy() -> bool:
    return True
