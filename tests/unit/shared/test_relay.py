"""The relay goes on while there is something to publish, and never spins on what the broker refuses."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from services.shared.kernel.ids import new_id
from services.shared.platform.messaging.publisher import OutboxMessage
from services.shared.platform.messaging.relay import OutboxRelay

Publish = Callable[[Sequence[OutboxMessage]], Awaitable[frozenset[UUID]]]


class Outbox:
    def __init__(self, count: int) -> None:
        self.waiting = [OutboxMessage(new_id(), "exam.created", "t", "{}", "00-a-b-01") for _ in range(count)]
        self.rounds = 0

    async def relay_batch(self, publish: Publish, limit: int) -> int:
        self.rounds += 1
        batch = self.waiting[:limit]
        accepted = await publish(batch) if batch else frozenset()
        self.waiting = [message for message in self.waiting if message.id not in accepted]
        return len(batch)


class Broker:
    def __init__(self, *, refusing: bool = False) -> None:
        self.refusing = refusing

    async def publish(self, messages: Sequence[OutboxMessage]) -> frozenset[UUID]:
        return frozenset() if self.refusing else frozenset(message.id for message in messages)


class NeverRung:
    def __init__(self) -> None:
        self.waited = 0

    async def wait(self, timeout_s: float) -> None:
        self.waited += 1
        await asyncio.sleep(timeout_s)


async def run_for(seconds: float, outbox: Outbox, broker: Broker, bell: NeverRung) -> None:
    relay = asyncio.create_task(OutboxRelay(outbox, broker, bell).run())  # type: ignore[arg-type]
    await asyncio.sleep(seconds)
    relay.cancel()


async def test_a_backlog_is_published_without_waiting() -> None:
    outbox, bell = Outbox(95), NeverRung()
    await run_for(0.1, outbox, Broker(), bell)
    assert outbox.waiting == []
    assert bell.waited == 1


async def test_refused_messages_are_tried_again_at_the_pace_of_the_poll() -> None:
    outbox = Outbox(20)
    await run_for(0.6, outbox, Broker(refusing=True), NeverRung())
    assert len(outbox.waiting) == 20
    assert 2 <= outbox.rounds <= 4
