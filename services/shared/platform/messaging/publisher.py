"""Hands outbox messages to SNS topics (events) or SQS queues (commands), ten at a time."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from services.shared.platform.topology import Topology


@dataclass(frozen=True)
class OutboxMessage:
    """A serialized envelope on its way. `destination` is a topic's or a queue's name in topology.json."""

    id: UUID
    type: str
    destination: str
    body: str
    traceparent: str


class Publisher(Protocol):
    async def publish(self, messages: Sequence[OutboxMessage]) -> frozenset[UUID]:
        """Publish all and return the ids that were accepted; the others will be tried again."""
        ...


class AwsPublisher:
    """SNS PublishBatch and SQS SendMessageBatch (both take at most 10 entries and 256 KiB)."""

    def __init__(self, sns: Any, sqs: Any, topology: Topology) -> None:
        self._sns = sns
        self._sqs = sqs
        self._topology = topology
        self._queue_urls: dict[str, str] = {}

    async def publish(self, messages: Sequence[OutboxMessage]) -> frozenset[UUID]:
        return await asyncio.to_thread(self._publish, messages)

    def _publish(self, messages: Sequence[OutboxMessage]) -> frozenset[UUID]:
        by_destination: dict[str, list[OutboxMessage]] = defaultdict(list)
        for message in messages:
            by_destination[message.destination].append(message)
        accepted: set[UUID] = set()
        for destination, group in by_destination.items():
            for start in range(0, len(group), 10):
                accepted |= self._send(destination, group[start : start + 10])
        return frozenset(accepted)

    def _send(self, destination: str, batch: Sequence[OutboxMessage]) -> set[UUID]:
        if self._topology.is_topic(destination):
            answer = self._sns.publish_batch(
                TopicArn=self._topology.topic_arn(destination),
                PublishBatchRequestEntries=[
                    {
                        "Id": str(message.id),
                        "Message": message.body,
                        "MessageAttributes": {"type": {"DataType": "String", "StringValue": message.type}},
                    }
                    for message in batch
                ],
            )
        else:
            answer = self._sqs.send_message_batch(
                QueueUrl=self._queue_url(destination),
                Entries=[
                    {
                        "Id": str(message.id),
                        "MessageBody": message.body,
                        "MessageAttributes": {"type": {"DataType": "String", "StringValue": message.type}},
                    }
                    for message in batch
                ],
            )
        return {UUID(entry["Id"]) for entry in answer.get("Successful", [])}

    def _queue_url(self, queue: str) -> str:
        if queue not in self._queue_urls:
            self._queue_urls[queue] = self._sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        return self._queue_urls[queue]
