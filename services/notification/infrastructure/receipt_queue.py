"""The queue on which the providers' receipts come, as this process's poller and SQS see it."""

import asyncio
from typing import Any

from services.shared.platform.metrics.queue_age import QueueAge, age_of
from services.shared.platform.metrics.queue_watch import counts_of
from services.shared.platform.topology import Topology

_STEADY_S = 12.0  # more than the 10 s for which a dead worker's messages stay hidden


class SqsReceiptQueue:
    """`sqs` is a boto3 client with the service's own rights; it is asked about the dead letters alone.

    That nothing at all waits would be too much to ask: under load something always does. What comes back from a dead
    worker, and what waited while all workers were away, is old when it is received: the time it was sent says so.
    """

    def __init__(self, sqs: Any, topology: Topology, queue: str, age: QueueAge | None = None) -> None:
        self._sqs = sqs
        self._dead_letters = topology.dead_letters_of(queue)
        self._age = age or age_of(queue)

    async def all_heard(self) -> bool:
        if self._age.fresh_for_s() <= _STEADY_S:
            return False
        return not any((await asyncio.to_thread(counts_of, self._sqs, self._dead_letters)).values())
