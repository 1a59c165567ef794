"""Ended sessions reach every verifier through a real Valkey, and an emptied one lets nobody in until it is loaded."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import redis as plain_redis
from redis import asyncio as redis

from infra.local.engines.process import free_port
from infra.local.engines.valkey import ValkeyServer
from infra.local.provision.secret_store import SecretStore
from infra.local.provision.valkey_users import valkey_users
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from services.shared.platform.messaging.wakeup import valkey_client
from services.shared.platform.revocations import (
    RevocationFeed,
    RevocationKeeper,
    RevocationPublisher,
    cancelled,
    following,
)


@dataclass
class Truth:
    """What accounts' database says."""

    ended: dict[UUID, datetime] = field(default_factory=dict)

    async def since(self, moment: datetime) -> dict[UUID, datetime]:
        return {session_id: at for session_id, at in self.ended.items() if at >= moment}

    def end(self) -> UUID:
        session_id = new_id()
        self.ended[session_id] = datetime.now(UTC)
        return session_id


@pytest.fixture(scope="module")
def own_valkey(
    tmp_path_factory: pytest.TempPathFactory, stack_secrets: SecretStore, topology: dict[str, Any]
) -> Iterator[ValkeyServer]:
    """A server of this file's own: services that other tests keep running load the shared one again."""
    home, password = tmp_path_factory.mktemp("valkey"), stack_secrets.password("valkey.administrator")
    server = ValkeyServer(home, free_port(), password, valkey_users(topology, stack_secrets), durable=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def clean_valkey(own_valkey: ValkeyServer) -> str:
    with plain_redis.Redis.from_url(own_valkey.url()) as client:
        client.flushall()
    return own_valkey.url()


@pytest.fixture
async def valkey(clean_valkey: str) -> AsyncIterator["redis.Redis"]:
    client = valkey_client(clean_valkey)
    yield client
    await client.aclose()


@asynccontextmanager
async def kept(valkey: Any, truth: Truth) -> AsyncIterator[None]:
    keeper = RevocationKeeper(valkey, truth.since, every_s=0.05)
    task = asyncio.create_task(keeper.run())
    yield
    await cancelled(task)


async def until(holds: Callable[[], Awaitable[bool] | bool]) -> None:
    async with asyncio.timeout(60):
        while True:
            found = holds()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.02)


def lets_in(feed: RevocationFeed, session_id: UUID) -> bool:
    try:
        return not feed.is_revoked(session_id)
    except LaudoError:
        return False


def denies_everybody(feed: RevocationFeed) -> bool:
    try:
        feed.is_revoked(new_id())
    except LaudoError as refused:
        return refused.kind.code == "unavailable"
    return False


async def test_an_ended_session_is_refused_by_every_verifier_and_the_others_are_not(
    clean_valkey: str, valkey: Any
) -> None:
    truth = Truth()
    async with kept(valkey, truth), following(clean_valkey) as one, following(clean_valkey) as other:
        await until(lambda: not denies_everybody(one) and not denies_everybody(other))
        ended, open_one = truth.end(), new_id()
        RevocationPublisher(valkey).tell({ended: truth.ended[ended]})
        await until(lambda: not lets_in(one, ended) and not lets_in(other, ended))
        assert lets_in(one, open_one)
        assert lets_in(other, open_one)


async def test_before_anything_was_loaded_nobody_is_let_in(clean_valkey: str) -> None:
    async with following(clean_valkey) as feed:
        assert denies_everybody(feed)
        with pytest.raises(LaudoError, match="unavailable"):
            await feed.is_current()


async def test_an_emptied_valkey_denies_until_reloaded_and_revives_nothing(
    clean_valkey: str, valkey: Any
) -> None:
    truth = Truth()
    ended, open_one = truth.end(), new_id()
    async with following(clean_valkey) as feed:
        async with kept(valkey, truth):
            await until(lambda: lets_in(feed, open_one))
            assert not lets_in(feed, ended)
        await valkey.flushall()
        await until(lambda: denies_everybody(feed))
        async with kept(valkey, truth):
            await until(lambda: lets_in(feed, open_one))
            assert not lets_in(feed, ended)


async def test_what_was_committed_but_never_told_is_loaded_all_the_same(
    clean_valkey: str, valkey: Any
) -> None:
    truth = Truth()
    async with kept(valkey, truth), following(clean_valkey) as feed:
        await until(lambda: not denies_everybody(feed))
        ended = truth.end()  # and the process died before it told anybody
        await until(lambda: not lets_in(feed, ended))


async def test_a_verifier_that_starts_later_knows_what_ended_before(clean_valkey: str, valkey: Any) -> None:
    truth = Truth()
    ended = truth.end()
    await RevocationKeeper(valkey, truth.since).load()
    async with following(clean_valkey) as feed:
        assert not lets_in(feed, ended)
        assert lets_in(feed, new_id())


async def test_what_no_token_can_outlive_is_forgotten(valkey: Any) -> None:
    truth = Truth()
    keeper = RevocationKeeper(valkey, truth.since)
    old = new_id()
    await valkey.zadd("accounts:sessions:revoked", {old.bytes: datetime.now(UTC).timestamp() - 16 * 60})
    kept_one = truth.end()
    await keeper.load()
    assert await valkey.zrange("accounts:sessions:revoked", 0, -1) == [kept_one.bytes]


async def test_a_valkey_that_is_away_is_forgiven_for_half_a_minute(valkey: Any) -> None:
    truth, seconds = Truth(), [0.0]
    ended = truth.end()
    await RevocationKeeper(valkey, truth.since).load()
    feed = RevocationFeed(valkey, lambda: seconds[0])
    await feed.load()
    seconds[0] = 29
    assert feed.is_revoked(ended)
    assert lets_in(feed, new_id())
    seconds[0] = 31
    assert denies_everybody(feed)


async def test_a_follower_that_took_its_cancellation_for_a_time_out_is_ended_all_the_same() -> None:
    swallowed: list[bool] = []

    async def stubborn() -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if swallowed:
                    raise
                swallowed.append(True)

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await cancelled(task)
    assert task.cancelled()
    assert swallowed
