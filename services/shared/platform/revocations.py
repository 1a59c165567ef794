"""Sessions that ended before their tokens did: told to every verifier, and kept in each one's memory.

The truth is accounts' database. Valkey carries it: a sorted set of the sessions revoked in the last quarter of an hour
(access tokens live ten minutes), a channel that tells of each at once, and an epoch. A verifier reads the set every
second and hears the channel in between, so that asking costs a look into a set and no network call. Valkey emptied,
restarted from nothing or replaced has no epoch: then nobody with a session is let in until accounts has loaded the
truth anew (about a second), and no revoked token comes back to life. A Valkey that does not answer is forgiven for
half a minute.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from redis.exceptions import RedisError

from services.shared.kernel.errors import UNAVAILABLE
from services.shared.kernel.ids import new_id
from services.shared.platform.logs import get_logger
from services.shared.platform.messaging.wakeup import valkey_client

KEPT_FOR = timedelta(minutes=15)
REVOKED = "accounts:sessions:revoked"  # the prefix is the Valkey user that may write it
EPOCH = "accounts:sessions:epoch"
CHANNEL = "accounts:sessions:ended"
_POLL_S = 1.0
_FORGIVEN_S = 30.0
_AWAY = (RedisError, OSError, TimeoutError)

Truth = Callable[[datetime], Awaitable[Mapping[UUID, datetime]]]


class Revocations(Protocol):
    def is_revoked(self, session_id: UUID) -> bool:
        """Raise `unavailable` while it is not known."""
        ...


class RevocationFeed:
    """A verifier's memory of ended sessions; `follow` keeps it current."""

    def __init__(self, client: Any, seconds: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._seconds = seconds
        self._epoch: bytes | None = None
        self._ended: set[UUID] = set()
        self._current_until = 0.0

    def is_revoked(self, session_id: UUID) -> bool:
        if self._epoch is None or self._seconds() > self._current_until:
            raise UNAVAILABLE.error()
        return session_id in self._ended

    async def is_current(self) -> None:
        """Raise while nobody with a session can be let in: for `/readyz`."""
        self.is_revoked(UUID(int=0))

    async def load(self) -> None:
        """Take over what Valkey holds now; without an epoch, deny."""
        async with self._client.pipeline(transaction=True) as pipe:
            pipe.get(EPOCH)
            pipe.zrange(REVOKED, 0, -1)
            epoch, members = await pipe.execute()
        if epoch is None and self._epoch is not None:
            get_logger().warning("revocations.epoch_missing")
        self._ended = {UUID(bytes=member) for member in members}
        self._epoch = epoch
        self._current_until = self._seconds() + _FORGIVEN_S

    async def follow(self) -> None:
        """Run for ever."""
        while True:
            try:
                await self._follow_once()
            except _AWAY as error:
                get_logger().warning("revocations.lost", exc_info=error)
                await asyncio.sleep(_POLL_S)

    async def _follow_once(self) -> None:
        subscription: Any = self._client.pubsub()
        async with subscription:
            await subscription.subscribe(CHANNEL)
            while True:
                await self.load()
                next_load = time.monotonic() + _POLL_S
                while (left := next_load - time.monotonic()) > 0:
                    message = await subscription.get_message(ignore_subscribe_messages=True, timeout=left)
                    if message is not None:
                        self._ended.add(UUID(bytes=message["data"]))


@asynccontextmanager
async def following(redis_url: str) -> AsyncIterator[RevocationFeed]:
    """Keep a feed current for as long as an API runs."""
    client = valkey_client(redis_url, max_connections=4)
    feed = RevocationFeed(client)
    with contextlib.suppress(*_AWAY):
        await feed.load()
    task = asyncio.create_task(feed.follow())
    try:
        yield feed
    finally:
        await cancelled(task)
        await client.aclose()


async def cancelled(task: "asyncio.Task[None]") -> None:
    """Cancel until it has ended: the client may take a cancellation for its own time-out, and swallow it."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=1)


class RevocationPublisher:
    """Tells verifiers of ended sessions. Best effort and quick; `RevocationKeeper` repairs what was lost."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._telling: set[asyncio.Task[None]] = set()

    def tell(self, ended: Mapping[UUID, datetime]) -> None:
        """Tell, without making the request wait for it."""
        task = asyncio.create_task(self._tell(dict(ended)))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell(self, ended: Mapping[UUID, datetime]) -> None:
        with contextlib.suppress(*_AWAY):
            await store(self._client, ended)
            for session_id in ended:
                await self._client.publish(CHANNEL, session_id.bytes)


class RevocationKeeper:
    """Loads the truth into Valkey: at once when the epoch is missing, and every few seconds what was not told."""

    def __init__(self, client: Any, truth: Truth, every_s: float = 1.0, repair_every: int = 5) -> None:
        self._client = client
        self._truth = truth
        self._every_s = every_s
        self._repair_every = repair_every

    async def run(self) -> None:
        """Run for ever; several may run."""
        turn = 0
        while True:
            try:
                if turn % self._repair_every == 0 or not await self._client.exists(EPOCH):
                    await self.load()
                turn += 1
            except Exception as error:  # Valkey or the database is away: next time
                get_logger().warning("revocations.not_kept", exc_info=error)
            await asyncio.sleep(self._every_s)

    async def load(self) -> None:
        """First the sessions, then the epoch: whoever sees the epoch sees them all.

        The truth is asked after the epoch was found missing: what was told before Valkey was emptied is in it.
        """
        is_missing, now = not await self._client.exists(EPOCH), datetime.now(UTC)
        await store(self._client, await self._truth(now - KEPT_FOR))
        await self._client.zremrangebyscore(REVOKED, "-inf", (now - KEPT_FOR).timestamp())
        if is_missing:
            await self._client.set(EPOCH, new_id().bytes, nx=True)


async def store(client: Any, ended: Mapping[UUID, datetime]) -> None:
    if ended:
        await client.zadd(REVOKED, {session_id.bytes: at.timestamp() for session_id, at in ended.items()})
