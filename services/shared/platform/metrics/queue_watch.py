"""Looks every 15 s how many messages wait, are in hand, and lie among the dead letters of a service's own queues."""

import asyncio
from typing import Any

from services.shared.platform.logs import get_logger
from services.shared.platform.metrics.declared import DEAD_LETTERS, QUEUE_IN_HAND, QUEUE_WAITING
from services.shared.platform.metrics.queue_age import age_of
from services.shared.platform.topology import Topology

INTERVAL_S = 15.0
_WAITING = "ApproximateNumberOfMessages"
_IN_HAND = "ApproximateNumberOfMessagesNotVisible"


class QueueWatch:
    """`sqs` is a boto3 client with the service's own rights."""

    def __init__(self, sqs: Any, topology: Topology, service: str) -> None:
        self._sqs = sqs
        self._topology = topology
        self._queues = topology.queues_of(service)

    async def run(self) -> None:
        """Run until cancelled. A failed look leaves the last numbers standing and is logged."""
        while True:
            try:
                await asyncio.to_thread(self.look)
            except Exception:
                get_logger().exception("queue_watch.failed")
            await asyncio.sleep(INTERVAL_S)

    def look(self) -> None:
        """Ask SQS about each queue and its dead letters once."""
        for queue in self._queues:
            counts = counts_of(self._sqs, queue)
            QUEUE_WAITING.labels(queue).set(counts[_WAITING])
            QUEUE_IN_HAND.labels(queue).set(counts[_IN_HAND])
            age_of(queue).looked(counts[_WAITING])
            dead = counts_of(self._sqs, self._topology.dead_letters_of(queue))
            DEAD_LETTERS.labels(queue).set(sum(dead.values()))


def counts_of(sqs: Any, queue: str) -> dict[str, int]:
    """Return how many messages wait, and how many are in somebody's hands, by SQS's own names."""
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[_WAITING, _IN_HAND])
    return {name: int(answer["Attributes"][name]) for name in (_WAITING, _IN_HAND)}
