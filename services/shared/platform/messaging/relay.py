"""The outbox relay: what was committed is published, at least once, by as many relays as run."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol
from uuid import UUID

from services.shared.platform.logs import get_logger
from services.shared.platform.messaging.publisher import OutboxMessage, Publisher
from services.shared.platform.messaging.wakeup import WakeUp
from services.shared.platform.metrics.declared import OUTBOX_PUBLISHED
from services.shared.platform.spans.messages import published

POLL_INTERVAL_S = 0.25
_LONGEST_PAUSE_S = 5.0


class OutboxStore(Protocol):
    async def relay_batch(
        self, publish: Callable[[Sequence[OutboxMessage]], Awaitable[frozenset[UUID]]], limit: int
    ) -> int:
        """Claim up to `limit` of the oldest messages no other relay holds, publish them, and forget those accepted.

        A crash between publishing and forgetting publishes again: consumers' inboxes absorb it.
        Returns how many were claimed.
        """
        ...


class OutboxRelay:
    def __init__(self, store: OutboxStore, publisher: Publisher, wakeup: WakeUp, *, batch: int = 10) -> None:
        self._store = store
        self._publisher = publisher
        self._wakeup = wakeup
        self._batch = batch
        self._accepted = 0  # in the last round

    async def run(self) -> None:
        """Run until cancelled: publish while there is something, else wait to be woken or for the poll."""
        pause = POLL_INTERVAL_S
        while True:
            try:
                await self.relay_once()
                pause = POLL_INTERVAL_S
            except Exception:
                get_logger().exception("outbox.relay_failed")
                self._accepted, pause = 0, min(pause * 2, _LONGEST_PAUSE_S)
            if self._accepted < self._batch:  # nothing left, or refused: a refusal must not spin
                await self._wakeup.wait(pause)

    async def relay_once(self) -> int:
        self._accepted = 0
        return await self._store.relay_batch(self._publish, self._batch)

    async def _publish(self, messages: Sequence[OutboxMessage]) -> frozenset[UUID]:
        began = time.time_ns()
        accepted = await self._publisher.publish(messages)
        self._accepted += len(accepted)
        published(messages, accepted, began)
        for message in messages:
            outcome = "accepted" if message.id in accepted else "refused"
            OUTBOX_PUBLISHED.labels(message.destination, message.type, outcome).inc()
            if message.id in accepted:
                get_logger().info(
                    "outbox.published",
                    event_id=message.id,
                    event_type=message.type,
                    destination=message.destination,
                    trace_id=message.traceparent.split("-")[1],
                )
        return accepted
