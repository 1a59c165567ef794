"""Consumes one SQS queue: the same `handler(event, context)` serves a pod that polls and a Lambda with an SQS trigger.

Partial batch failure: only the failed message returns, after 1 s, then 2 s; the third failure goes to the dead
letters, with the reason in attributes of its own. What can never succeed, because it is malformed, burns no tries: it
is a dead letter at once. A failed message is sent again with its failures counted in an attribute: what SQS counts are
receives, and those that a killed process or a slow neighbour in the batch cost say nothing about a message. The
queue's redrive policy takes only what was received far more often. While the consumer's own dependency is down it
stops polling, and messages already in hand are sent again, delayed, uncounted, so that an outage fills no dead letters.

A message in hand is hidden for ten seconds at a time, and again while the work on it lasts: those of a process that
was killed come back soon, and long work is not given to a second worker meanwhile.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from services.shared.platform import kill_points
from services.shared.platform.logs import get_logger
from services.shared.platform.messaging.burial import attributes, log_death
from services.shared.platform.messaging.envelope import (
    ForeignMessage,
    MalformedMessage,
    Message,
    parse_message,
)
from services.shared.platform.messaging.failures import FAILURES, Failure, failure_of
from services.shared.platform.metrics.declared import MESSAGE_SECONDS, MESSAGES
from services.shared.platform.metrics.queue_age import age_of
from services.shared.platform.spans.messages import processing
from services.shared.platform.topology import QueueSettings, load_topology

Effect = Callable[[Message], Awaitable[str]]
"""Applies one message in one transaction with its inbox row; returns `done`, `repeat`, `stale` or `parked`."""

Healthy = Callable[[], Awaitable[bool]]
_PAUSE_WHILE_DOWN_S = 1.0
_HIDDEN_S = 10  # at a time; the queue's own 30 s hold where the platform receives for us (Lambda)
_HIDE_AGAIN_S = 3.0
_OUTAGE_DELAY_S = 15
_SENT_AT = "SentTimestamp"  # milliseconds since 1970
_UNKNOWN = "unknown"


class SqsConsumer:
    def __init__(
        self,
        queue: str,
        effect: Effect,
        *,
        types: frozenset[str],
        loop: asyncio.AbstractEventLoop,
        effect_timeout_s: float = 25,
        parse: Callable[[str], Message] = parse_message,
    ) -> None:
        """`parse` reads what does not come in our own envelope; it raises MalformedMessage as parse_message does."""
        self.queue = queue
        self._effect = effect
        self._types = types
        self._loop = loop
        self._timeout = effect_timeout_s
        self._parse = parse

    def handler(self, event: dict[str, Any], context: Any = None) -> dict[str, Any]:
        """Lambda's entry: process a batch, return `batchItemFailures`. Runs outside the event loop."""
        return self.process(event, context)[0]

    def process(
        self, event: dict[str, Any], context: Any = None
    ) -> tuple[dict[str, Any], dict[str, Failure]]:
        """The pod's entry: the same, with the reason of each message that failed, by its message id."""
        processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
        response = process_partial_response(
            event=event, record_handler=self._record, processor=processor, context=context
        )
        ids = [str(item["itemIdentifier"]) for item in response["batchItemFailures"]]
        errors = [error for _, error, _ in processor.exceptions]
        return dict(response), {each: failure_of(error) for each, error in zip(ids, errors, strict=True)}

    def _record(self, record: SQSRecord) -> None:
        future = asyncio.run_coroutine_threadsafe(self.apply(record.body), self._loop)
        future.result(self._timeout + 5)

    async def apply(self, body: str) -> None:
        """Validate and apply one message body; raise when it must come back."""
        started = time.perf_counter()
        try:
            message = self._parse(body)
            if message.type not in self._types:
                raise ForeignMessage(f"type not for this queue: {message.type}")
        except MalformedMessage as reason:
            MESSAGES.labels(self.queue, _UNKNOWN, "malformed").inc()
            get_logger().error("message.malformed", queue=self.queue, reason=str(reason))
            raise
        with processing(message, self.queue) as said:
            log = get_logger().bind(queue=self.queue, event_id=message.id, event_type=message.type)
            try:
                outcome = await asyncio.wait_for(self._effect(message), self._timeout)
            except Exception:
                MESSAGES.labels(self.queue, message.type, "failed").inc()
                log.exception("message.failed")
                raise
            said["laudo.outcome"] = outcome
            seconds = time.perf_counter() - started
            MESSAGES.labels(self.queue, message.type, outcome).inc()
            MESSAGE_SECONDS.labels(self.queue).observe(seconds)
            log.info("message.handled", status=outcome, duration_ms=round(seconds * 1000, 1))


class SqsPoller:
    """The pod's side: long-polls the queue and hands batches to the consumer's handler, in a thread of its own."""

    def __init__(
        self,
        sqs: Any,
        consumer: SqsConsumer,
        settings: QueueSettings,
        healthy: Healthy,
    ) -> None:
        self._sqs = sqs
        self._consumer = consumer
        self._settings = settings
        self._healthy = healthy
        self._url: str | None = None

    async def run(self) -> None:
        """Run until cancelled. Every failure of the queue itself is waited out."""
        while True:
            try:
                if not await self._healthy():
                    get_logger().warning("consumer.waiting_for_dependency", queue=self._consumer.queue)
                    await asyncio.sleep(_PAUSE_WHILE_DOWN_S)
                    continue
                await self.poll_once()
            except Exception:
                get_logger().exception("consumer.poll_failed", queue=self._consumer.queue)
                await asyncio.sleep(_PAUSE_WHILE_DOWN_S)

    async def poll_once(self, wait_s: int | None = None) -> int:
        """Receive one batch, process it, settle each message; return how many were received.

        When cancelled with a batch in hand, it is finished first: a stop costs no message one of its receives.
        """
        messages = await asyncio.to_thread(self._receive, wait_s)
        if not messages:
            return 0
        in_hand = asyncio.ensure_future(self._process(messages))
        try:
            await asyncio.shield(in_hand)
        except asyncio.CancelledError:
            await in_hand
            raise
        return len(messages)

    async def _process(self, messages: list[dict[str, Any]]) -> None:
        kill_points.reached("after_receive_before_effect")
        hiding = asyncio.create_task(self._keep_hidden(messages))
        try:
            _, failed = await asyncio.to_thread(self._consumer.process, _lambda_event(messages))
        finally:
            hiding.cancel()
        kill_points.reached("after_effect_before_delete")
        put_back = bool(failed) and not await self._healthy()
        await asyncio.to_thread(self._settle, messages, failed, put_back)

    async def _keep_hidden(self, messages: list[dict[str, Any]]) -> None:
        """Run until cancelled. What could not be hidden again may come to another worker: inboxes absorb it."""
        entries = [
            {"Id": str(index), "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": _HIDDEN_S}
            for index, message in enumerate(messages)
        ]
        while True:
            await asyncio.sleep(_HIDE_AGAIN_S)
            try:
                await asyncio.to_thread(
                    self._sqs.change_message_visibility_batch, QueueUrl=self._queue_url(), Entries=entries
                )
            except Exception:
                get_logger().warning("consumer.not_hidden_again", queue=self._consumer.queue, exc_info=True)

    def _receive(self, wait_s: int | None) -> list[dict[str, Any]]:
        answer = self._sqs.receive_message(
            QueueUrl=self._queue_url(),
            MaxNumberOfMessages=self._settings.batch_size,
            WaitTimeSeconds=self._settings.receive_wait_s if wait_s is None else wait_s,
            MessageAttributeNames=[FAILURES],
            AttributeNames=[_SENT_AT],
            VisibilityTimeout=_HIDDEN_S,
        )
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        age_of(self._consumer.queue).received(_sent_at(messages))
        return messages

    def _settle(self, messages: list[dict[str, Any]], failed: dict[str, Failure], put_back: bool) -> None:
        done = [message for message in messages if message["MessageId"] not in failed]
        if done:
            self._sqs.delete_message_batch(
                QueueUrl=self._queue_url(),
                Entries=[
                    {"Id": str(index), "ReceiptHandle": message["ReceiptHandle"]}
                    for index, message in enumerate(done)
                ],
            )
        for message in messages:
            if message["MessageId"] in failed:
                self._return(message, failed[message["MessageId"]], put_back)

    def _return(self, message: dict[str, Any], failure: Failure, put_back: bool) -> None:
        """Send the message again or to the dead letters. Dying before the delete leaves a copy: inboxes absorb it."""
        put_back = put_back and not failure.is_final
        failures = _failures(message) + (0 if put_back else 1)
        dead = failure.is_final or failures >= self._settings.max_failures
        if dead:
            delay = 0
            log_death(self._consumer.queue, message["Body"], failure, failures)
        else:
            delay = _OUTAGE_DELAY_S if put_back else self._settings.retry_delays_s[failures - 1]
        self._sqs.send_message(
            QueueUrl=self._dead_letters_url() if dead else self._queue_url(),
            MessageBody=message["Body"],
            DelaySeconds=delay,
            MessageAttributes=attributes(failures, failure if dead else None),
        )
        self._sqs.delete_message(QueueUrl=self._queue_url(), ReceiptHandle=message["ReceiptHandle"])

    def _dead_letters_url(self) -> str:
        name = load_topology().dead_letters_of(self._consumer.queue)
        return str(self._sqs.get_queue_url(QueueName=name)["QueueUrl"])

    def _queue_url(self) -> str:
        if self._url is None:
            self._url = self._sqs.get_queue_url(QueueName=self._consumer.queue)["QueueUrl"]
        return self._url


def _failures(message: dict[str, Any]) -> int:
    return int(message.get("MessageAttributes", {}).get(FAILURES, {}).get("StringValue", "0"))


def _sent_at(messages: list[dict[str, Any]]) -> list[int]:
    said = (message.get("Attributes", {}).get(_SENT_AT) for message in messages)
    return [int(each) for each in said if each]


def _lambda_event(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """The shape in which Lambda's SQS trigger hands a batch over."""
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message.get("Attributes", {}),
                "messageAttributes": {},
                "eventSource": "aws:sqs",
            }
            for message in messages
        ]
    }
