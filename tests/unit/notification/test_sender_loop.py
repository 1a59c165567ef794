"""The loop that sends: bounded, and it lets what is under way finish."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from services.notification.application.commands.sweep_lost_deliveries import Swept
from services.notification.domain.delivery import Lane
from services.notification.interface.schedule.sender import SenderLoop
from tests.unit.notification.world import World, account_created, result_ready


class Never:
    async def wait(self, timeout_s: float) -> None:
        await asyncio.sleep(0.005)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.005)


class SlowEmail:
    def __init__(self) -> None:
        self.now = self.most = self.done = 0
        self.open = asyncio.Event()

    async def send(self, _: object) -> str:
        self.now += 1
        self.most = max(self.most, self.now)
        await self.open.wait()
        self.now -= 1
        self.done += 1
        return "id"


async def with_ten_reports(world: World) -> SlowEmail:
    await world.hear(account_created(phone=None, sms_capable=False))
    for version in range(1, 11):
        await world.hear(result_ready(version, report_version=version))
    slow = SlowEmail()
    world.email.send = slow.send  # type: ignore[assignment,method-assign]
    return slow


async def test_no_more_than_the_stated_number_is_with_the_provider_at_once(world: World) -> None:
    slow = await with_ten_reports(world)
    loop = SenderLoop(world.senders.send_due_delivery, Lane.ORDINARY, Never(), concurrency=3)
    running = asyncio.create_task(loop.run())
    await until(lambda: slow.now == 3)
    await asyncio.sleep(0.05)  # time enough for a fourth
    slow.open.set()
    await until(lambda: slow.done == 10)
    assert slow.most == 3
    running.cancel()
    await asyncio.wait([running])


async def test_a_stop_waits_for_what_is_with_the_provider(world: World) -> None:
    slow = await with_ten_reports(world)
    loop = SenderLoop(world.senders.send_due_delivery, Lane.ORDINARY, Never(), concurrency=2)
    running = asyncio.create_task(loop.run())
    await until(lambda: slow.now == 2)
    running.cancel()
    await asyncio.sleep(0.01)
    slow.open.set()
    await asyncio.wait([running], timeout=2)
    assert running.cancelled()
    assert sorted(item.state.value for item in world.log) == ["queued"] * 8 + ["sent"] * 2


async def test_a_failure_of_one_delivery_does_not_stop_the_loop(world: World) -> None:
    await with_ten_reports(world)
    calls = 0

    async def breaks_first(_: object) -> str:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError
        return "id"

    world.email.send = breaks_first  # type: ignore[assignment,method-assign]
    loop = SenderLoop(world.senders.send_due_delivery, Lane.ORDINARY, Never(), concurrency=1)
    running = asyncio.create_task(loop.run())
    await until(lambda: sum(item.state == "sent" for item in world.log) == 9)
    running.cancel()
    await asyncio.wait([running])
    assert calls == 10
    assert sorted(item.state.value for item in world.log) == ["sending"] + ["sent"] * 9
    world.clock.advance(timedelta(seconds=61))
    assert await world.senders.sweep_lost_deliveries() == Swept(lost=1)
