"""How old the oldest message of a queue is. SQS tells it to CloudWatch alone, so it is worked out from both ends.

A received batch says when its messages were sent. When messages wait and this worker receives none (its dependency is
down, or a handler hangs), the age grows from the moment they were first seen: a lower bound that never falls silent.
"""

import time
from collections.abc import Callable, Sequence

from services.shared.platform.metrics.declared import QUEUE_AGE_SECONDS

FRESH_S = 30.0


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
        self._fresh_since: float | None = None

    def received(self, sent_at_ms: Sequence[int]) -> None:
        """Take note of a batch by the times its messages were sent; an empty one says that nothing waits."""
        oldest = min(sent_at_ms, default=None)
        self._first_seen = None
        self._age_then = max(0.0, self._wall() - oldest / 1000) if oldest is not None else 0.0
        self._gauge.set(self._age_then)
        if self._age_then > FRESH_S:
            self._fresh_since = None
        elif self._fresh_since is None:
            self._fresh_since = self._monotonic()

    def fresh_for_s(self) -> float:
        """For how long all that this process received was sent within the last 30 s; 0 before it received anything, and
        while messages wait that nobody receives.
        """
        now = self._monotonic()
        is_stuck = self._first_seen is not None and now - self._first_seen > FRESH_S
        return 0.0 if is_stuck or self._fresh_since is None else now - self._fresh_since

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
