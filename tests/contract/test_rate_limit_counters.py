"""Those who count requests, in this process's memory and in Valkey: the same cases."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from services.shared.kernel.ids import new_id
from services.shared.platform.messaging.wakeup import valkey_client
from services.shared.platform.rate_limits.in_process import InProcessCounter
from services.shared.platform.rate_limits.limit import By, Counter, Limit
from services.shared.platform.rate_limits.valkey import shared_counter

FIVE = Limit("five", 5, 60, By.ADDRESS, shared=True)
PATIENT = 60.0  # a busy machine is no Valkey that is down
SOON_AGAIN = Limit("soon-again", 2, 1, By.ADDRESS, shared=True)


@pytest.fixture(params=["in_process", "valkey"])
async def counter(request: pytest.FixtureRequest) -> AsyncIterator[Counter]:
    if request.param == "in_process":
        yield InProcessCounter()
        return
    url = request.getfixturevalue("valkey_url_of")("accounts")
    client = valkey_client(url)
    yield shared_counter(client, "accounts", url, patience_s=PATIENT)
    await client.aclose()


@pytest.fixture
def somebody() -> str:
    return f"203.0.113.7|{new_id()}"


async def test_the_amount_is_let_in_and_counted_down_and_the_next_is_not(
    counter: Counter, somebody: str
) -> None:
    taken = [await counter.take(FIVE, somebody) for _ in range(7)]
    assert [one.is_allowed for one in taken] == [True] * 5 + [False] * 2
    assert [one.remaining for one in taken] == [4, 3, 2, 1, 0, 0, 0]


async def test_the_refused_are_told_when_the_next_may_come(counter: Counter, somebody: str) -> None:
    for _ in range(FIVE.amount):
        await counter.take(FIVE, somebody)
    refused = await counter.take(FIVE, somebody)
    assert 0 < refused.next_in_s <= FIVE.seconds


async def test_others_and_other_limits_are_not_touched(counter: Counter, somebody: str) -> None:
    for _ in range(FIVE.amount + 1):
        await counter.take(FIVE, somebody)
    assert (await counter.take(FIVE, somebody + "x")).remaining == 4
    assert (await counter.take(Limit("other", 5, 60, By.ADDRESS), somebody)).remaining == 4


async def test_many_at_once_are_not_let_in_beyond_the_amount(counter: Counter, somebody: str) -> None:
    taken = await asyncio.gather(*(counter.take(FIVE, somebody) for _ in range(30)))
    assert sum(one.is_allowed for one in taken) == FIVE.amount


async def test_after_its_window_more_are_let_in(counter: Counter, somebody: str) -> None:
    while (await counter.take(SOON_AGAIN, somebody)).is_allowed:
        pass
    async with asyncio.timeout(30):
        while not (taken := await counter.take(SOON_AGAIN, somebody)).is_allowed:
            await asyncio.sleep(taken.next_in_s)
    assert taken.remaining <= 1


async def test_processes_count_together_in_valkey(
    clean_valkey: str, valkey_url_of: Callable[[str], str], somebody: str
) -> None:
    url = valkey_url_of("accounts")
    clients = [valkey_client(url) for _ in range(2)]
    first, second = (shared_counter(client, "accounts", url, patience_s=PATIENT) for client in clients)
    for counter in (first, second, first, second, first):
        assert (await counter.take(FIVE, somebody)).is_allowed
    assert not (await second.take(FIVE, somebody)).is_allowed
    for client in clients:
        await client.aclose()


async def test_valkeys_keys_are_the_services_own_and_tell_nobody_who_it_was(
    clean_valkey: str, valkey_url_of: Callable[[str], str]
) -> None:
    url = valkey_url_of("accounts")
    client, administrator = valkey_client(url), valkey_client(clean_valkey)
    await shared_counter(client, "accounts", url, patience_s=PATIENT).take(FIVE, "203.0.113.7|52998224725")
    keys: Any = await administrator.keys("*:limits*")
    (key,) = keys
    assert key.startswith(b"accounts:limits:")
    assert b"203" not in key.split(b"five")[0]
    assert b"52998224725" not in key
    assert 0 < await administrator.ttl(key) <= FIVE.seconds
    for one in (client, administrator):
        await one.aclose()


async def test_without_valkey_each_process_counts_alone(somebody: str) -> None:
    """Never open: the amount holds. Never closed: others are let in."""
    url = "redis://accounts:x@127.0.0.1:9/0"
    client = valkey_client(url)
    counter = shared_counter(client, "accounts", url, patience_s=PATIENT)
    taken = [await counter.take(FIVE, somebody) for _ in range(6)]
    assert [one.is_allowed for one in taken] == [True] * 5 + [False]
    assert (await counter.take(FIVE, somebody + "x")).is_allowed
    await client.aclose()


def test_memory_is_bounded_and_a_crowd_shuts_nobody_out() -> None:
    moment = [0.0]
    counter = InProcessCounter(lambda: moment[0])
    for number in range(120_000):
        assert counter.take_now(FIVE, number).is_allowed
    assert len(counter._given_back_at) <= 50_000


def test_what_was_used_is_given_back_evenly() -> None:
    moment = [1000.0]
    counter = InProcessCounter(lambda: moment[0])
    for _ in range(FIVE.amount):
        counter.take_now(FIVE, "a")
    refused = counter.take_now(FIVE, "a")
    assert not refused.is_allowed
    assert refused.next_in_s == pytest.approx(12)
    moment[0] += 12
    assert counter.take_now(FIVE, "a").is_allowed
    assert not counter.take_now(FIVE, "a").is_allowed
    moment[0] += 60
    assert counter.take_now(FIVE, "a").remaining == 4
