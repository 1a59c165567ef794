"""The queue on which the providers' receipts come, seen from outside: does it still hold any?"""

import asyncio
from typing import Any

from services.shared.platform.topology import Topology

_HELD = tuple(f"ApproximateNumberOfMessages{which}" for which in ("", "NotVisible", "Delayed"))


class SqsReceiptQueue:
    """`sqs` is a boto3 client with the service's own rights. SQS's counts may lag a little: ask about receipts that
    are a minute old, not about those of this moment.
    """

    def __init__(self, sqs: Any, topology: Topology, queue: str) -> None:
        self._sqs = sqs
        self._queues = queue, topology.dead_letters_of(queue)

    async def all_heard(self) -> bool:
        return await asyncio.to_thread(lambda: not any(map(self._held, self._queues)))

    def _held(self, queue: str) -> int:
        url = self._sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        answer = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(_HELD))
        return sum(int(answer["Attributes"].get(name, 0)) for name in _HELD)
