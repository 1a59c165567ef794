"""What each service may do in Valkey, and what it may not, asked of the real server."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import redis
from redis import asyncio as redis_async

from infra.local.engines.valkey import ValkeyServer
from services.shared.kernel.ids import new_id
from services.shared.platform.messaging.wakeup import WakeUp, valkey_client
from services.shared.platform.revocations import (
    CHANNEL,
    EPOCH,
    REVOKED,
    RevocationFeed,
    RevocationKeeper,
    RevocationPublisher,
)
from services.shared.platform.topology import load_topology

DECLARED = load_topology().raw["valkey"]
USERS = sorted(DECLARED["users"])
SERVICES = sorted(load_topology().raw["services"])
ON_A_KEY = [
    ("GET",),
    ("SET", "1"),
    ("DEL",),
    ("LINDEX", "0"),
    ("LPUSH", "1"),
    ("LTRIM", "0", "1"),
    ("EXPIRE", "60"),
    ("RENAME", "x"),
    ("DUMP",),
]
DANGEROUS: list[tuple[Any, ...]] = [
    ("FLUSHALL",),
    ("FLUSHDB",),
    ("CONFIG", "GET", "*"),
    ("KEYS", "*"),
    ("SCAN", "0"),
    ("ACL", "LIST"),
    ("MONITOR",),
    ("SHUTDOWN",),
    ("REPLICAOF", "NO", "ONE"),
    ("INFO",),
    ("CLIENT", "LIST"),
    ("PUBSUB", "CHANNELS"),
    ("EVAL", "return 1", "0"),
]


@pytest.fixture(params=USERS)
def user(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def client(user: str, valkey_url_of: Callable[[str], str]) -> Iterator[Any]:
    with redis.Redis.from_url(valkey_url_of(user)) as connected:
        yield connected


def test_every_service_and_the_portal_has_a_user() -> None:
    assert {*SERVICES, "portal"} == set(USERS)


def test_a_stranger_gets_nothing(valkey_server: ValkeyServer) -> None:
    stranger = redis.Redis(host="127.0.0.1", port=valkey_server.port)
    with pytest.raises(redis.AuthenticationError):
        stranger.get("accounts:x")
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(host="127.0.0.1", port=valkey_server.port, username="accounts", password="x").ping()


@pytest.mark.parametrize("command", DANGEROUS, ids=" ".join)
def test_nobody_may_look_around_or_empty_the_server(client: Any, command: tuple[str, ...]) -> None:
    with pytest.raises(redis.exceptions.NoPermissionError):
        client.execute_command(*command)


def test_nobody_reads_or_writes_anothers_keys(client: Any, user: str) -> None:
    for other in [*(name for name in USERS if name != user), user.upper(), ""]:
        for command, *more in ON_A_KEY:
            with pytest.raises(redis.exceptions.NoPermissionError):
                client.execute_command(command, f"{other}:session:x", *more)
        with pytest.raises(redis.exceptions.NoPermissionError):
            client.execute_command("EVALSHA", "0" * 40, "1", f"{other}:session:x")


def test_what_a_user_has_no_use_for_is_refused_on_its_own_keys_too(client: Any, user: str) -> None:
    uses = DECLARED["users"][user]
    allowed = {command for use in uses for command in DECLARED["command_sets"][use]}
    for command, *more in ON_A_KEY:
        if command.lower() in allowed:
            client.execute_command(command, f"{user}:test:{command}", *more)
        else:
            with pytest.raises(redis.exceptions.NoPermissionError):
                client.execute_command(command, f"{user}:test:{command}", *more)


def test_a_script_reaches_no_key_that_its_caller_may_not(client: Any, user: str) -> None:
    """A script may name a key it did not declare: the server asks the caller's rules for each command in it."""
    other = "portal:session:x"
    body = f"return redis.call('lindex', '{other}', 0)"
    if "limits" not in DECLARED["users"][user]:
        with pytest.raises(redis.exceptions.NoPermissionError):
            client.script_load(body)
        return
    script = client.script_load(body)
    with pytest.raises(redis.exceptions.ResponseError, match=r"(?i)permission|access"):
        client.evalsha(script, 0)


def test_nobody_rings_or_listens_at_anothers_channel(client: Any, user: str) -> None:
    for other in (name for name in USERS if name != user):
        with pytest.raises(redis.exceptions.NoPermissionError):
            client.publish(f"{other}:wake:outbox", "1")
        with client.pubsub() as listening:
            listening.subscribe(f"{other}:wake:outbox")
            with pytest.raises(redis.exceptions.NoPermissionError):
                listening.get_message(timeout=5)
    with client.pubsub() as listening:
        listening.psubscribe("*")
        with pytest.raises(redis.exceptions.NoPermissionError):
            listening.get_message(timeout=5)


@pytest.fixture(params=SERVICES)
async def own(
    request: pytest.FixtureRequest, valkey_url_of: Callable[[str], str]
) -> AsyncIterator[tuple[str, "redis_async.Redis"]]:
    connected = valkey_client(valkey_url_of(request.param))
    yield request.param, connected
    await connected.aclose()


READERS = sorted(DECLARED["readers"])


@pytest.mark.parametrize("reader", READERS)
async def test_ended_sessions_are_read_by_all_verifiers_and_told_by_accounts_alone(
    valkey_url_of: Callable[[str], str], clean_valkey: str, reader: str
) -> None:
    """Whoever could write there would end anybody's session, or bring a revoked one back to life."""
    accounts, other = valkey_client(valkey_url_of("accounts")), valkey_client(valkey_url_of(reader))
    ended = new_id()
    await RevocationKeeper(accounts, lambda _: _now({})).load()
    RevocationPublisher(accounts).tell({ended: datetime.now(UTC)})
    feed = RevocationFeed(other)
    async with asyncio.timeout(60):
        await feed.load()
        while not feed.is_revoked(ended):
            await asyncio.sleep(0.05)
            await feed.load()
    attempts: list[tuple[Any, ...]] = [
        ("SET", EPOCH, "x"),
        ("DEL", EPOCH),
        ("ZADD", REVOKED, "1", "x"),
        ("ZREMRANGEBYSCORE", REVOKED, "-inf", "+inf"),
        ("EXPIRE", REVOKED, "1"),
        ("PUBLISH", CHANNEL, new_id().bytes),
        ("GET", "accounts:limits:x"),
    ]
    caller: Any = other
    for attempt in attempts:
        with pytest.raises(redis.exceptions.NoPermissionError):
            await caller.execute_command(*attempt)
    async with other.pubsub() as listening:
        await listening.subscribe(CHANNEL)
        assert (await listening.get_message(timeout=60)) is not None
    for one in (accounts, other):
        await one.aclose()


async def _now(truth: dict[UUID, datetime]) -> dict[UUID, datetime]:
    return truth


async def test_a_service_rings_its_own_relays(own: tuple[str, "redis_async.Redis"]) -> None:
    service, connected = own
    assert await connected.ping()
    wakeup = WakeUp(connected, service)
    async with connected.pubsub() as listening:
        await listening.subscribe(wakeup.channel)
        wakeup.ring()
        seen: list[Any] = []
        while not seen:
            if message := await listening.get_message(ignore_subscribe_messages=True, timeout=5):
                seen.append(message["channel"])
    assert seen == [wakeup.channel.encode()]
