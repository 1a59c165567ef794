"""The spans of a message on its way (OpenTelemetry's messaging conventions): published, and processed elsewhere."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from services.shared.platform.messaging.envelope import Message
from services.shared.platform.messaging.publisher import OutboxMessage
from services.shared.platform.spans import recording
from services.shared.platform.topology import load_topology
from services.shared.platform.tracing import child_of

# Whether it is a topic.
_SYSTEM = {True: "aws.sns", False: "aws_sqs"}


def published(messages: Sequence[OutboxMessage], accepted: frozenset[UUID], started_ns: int) -> None:
    """Note one span per message, each in the trace of the request that wrote it to the outbox."""
    if not recording.is_on():
        return
    ended = time.time_ns()
    for message in messages:
        recording.record(
            recording.Span(
                name=f"send {message.destination}",
                kind="producer",
                traceparent=child_of(message.traceparent),
                parent=message.traceparent,
                started_ns=started_ns,
                ended_ns=ended,
                attributes={
                    "messaging.system": _SYSTEM[load_topology().is_topic(message.destination)],
                    "messaging.operation.type": "send",
                    "messaging.operation.name": "send",
                    "messaging.destination.name": message.destination,
                    "messaging.message.id": str(message.id),
                    "cloudevents.event_type": message.type,
                },
                error=None if message.id in accepted else "refused",
            )
        )


@contextmanager
def processing(message: Message, queue: str) -> Iterator[dict[str, recording.Value]]:
    """Enter the message's trace, as the consumer of `queue`."""
    with recording.span(
        f"process {queue}",
        "consumer",
        incoming=message.traceparent,
        attributes={
            "messaging.system": "aws_sqs",
            "messaging.operation.type": "process",
            "messaging.operation.name": "process",
            "messaging.destination.name": queue,
            "messaging.message.id": str(message.id),
            "cloudevents.event_type": message.type,
        },
    ) as said:
        yield said
