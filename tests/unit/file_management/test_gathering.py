"""Whoever comes while calls are under way shares the next one; an idle store is asked at once."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from services.file_management.infrastructure.dynamodb.gathering import Gathering


class Store:
    """Counts its calls and holds them until `open` is set."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.open = threading.Event()
        self.broken = False

    def double(self, numbers: Sequence[int]) -> list[int]:
        self.calls.append(list(numbers))
        self.open.wait(10)
        if self.broken:
            raise ConnectionError
        return [2 * number for number in numbers]


async def asked(store: Store, calls: int) -> None:
    while len(store.calls) < calls:
        await asyncio.sleep(0.001)


async def test_those_who_come_meanwhile_share_one_call_and_get_their_own_answers() -> None:
    store = Store()
    gathering = Gathering(store.double, at_most=3, calls_at_once=1)
    first = asyncio.create_task(gathering.ask(1))
    await asked(store, 1)
    others = [asyncio.create_task(gathering.ask(number)) for number in (2, 3, 4, 5)]
    await asyncio.sleep(0)
    store.open.set()
    assert await asyncio.gather(first, *others) == [2, 4, 6, 8, 10]
    assert store.calls == [[1], [2, 3, 4], [5]]


async def test_a_failed_call_fails_all_who_shared_it_and_nobody_after() -> None:
    store = Store()
    store.broken = True
    store.open.set()
    gathering = Gathering(store.double, at_most=3)
    with pytest.raises(ConnectionError):
        await gathering.ask(1)
    store.broken = False
    assert await gathering.ask(2) == 4


async def test_one_who_left_takes_nothing_from_the_others() -> None:
    store = Store()
    gathering = Gathering(store.double, at_most=3, calls_at_once=1)
    tasks = [asyncio.create_task(gathering.ask(number)) for number in (1, 2)]
    await asked(store, 1)
    tasks[0].cancel()
    store.open.set()
    assert await tasks[1] == 4
