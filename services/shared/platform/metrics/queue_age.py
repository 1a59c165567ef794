"""How old the oldest message of a queue is. SQS tells it to CloudWatch alone, so it is worked out from both ends.

A received batch says when its messages were sent. When messages wait and this worker receives none (its dependency is
down, or a handler hangs), the age grows from the moment they were first seen: a lower bound that never falls silent.
"""

import time
from collections.abc import Callable, Sequence

from services.shared.platform.metrics.declared import QUEUE_AGE_SECONDS


class QueueAge:
    def __init__(
        self,
        queue: str,
        *,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gauge = QUEUE_AGE_SECONDS.labels(queue)
        self._wall = wall
        self._monotonic = monotonic
        self._first_seen: float | None = None
        self._age_then = 0.0

    def received(self, sent_at_ms: Sequence[int]) -> None:
        """Take note of a batch by the times its messages were sent; an empty one says that nothing waits."""
        oldest = min(sent_at_ms, default=None)
        self._first_seen = None
        self._age_then = max(0.0, self._wall() - oldest / 1000) if oldest is not None else 0.0
        self._gauge.set(self._age_then)

    def looked(self, waiting: int) -> None:
        """Take note of how many messages wait, whether or not any was received since the last look."""
        if waiting == 0:
            self.received([])
        elif self._first_seen is None:
            self._first_seen = self._monotonic()
        else:
            self._gauge.set(self._age_then + self._monotonic() - self._first_seen)


_ages: dict[str, QueueAge] = {}


def age_of(queue: str) -> QueueAge:
    """Return the queue's one age in this process."""
    return _ages.setdefault(queue, QueueAge(queue))
