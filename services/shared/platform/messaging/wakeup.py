"""Wakes the outbox relays after a commit through Valkey; a lost wake-up costs one poll interval, nothing else."""

import asyncio
import contextlib
from typing import Any

from redis import asyncio as redis
from redis.exceptions import RedisError

from services.shared.platform.logs import get_logger

_PAUSE_AFTER_FAILURE_S = 1.0


def valkey_client(url: str, *, max_connections: int = 50) -> "redis.Redis":
    """Return a client with a blocking pool: the default pool raises at its limit instead of waiting."""
    pool = redis.BlockingConnectionPool.from_url(
        url, max_connections=max_connections, timeout=10, socket_connect_timeout=1, socket_timeout=5
    )
    return redis.Redis(connection_pool=pool)


class WakeUp:
    """One channel per service, or per `lane` of one. `ring` never raises and never waits long; `wait` returns
    early when rung. The channel begins with the service's name: its Valkey user may use no other.
    """

    def __init__(self, client: "redis.Redis", service: str, lane: str = "outbox") -> None:
        self._client = client
        self.channel = f"{service}:wake:{lane}"
        self._rung = asyncio.Event()
        self._ringing: asyncio.Task[None] | None = None
        self._again = False

    def ring(self) -> None:
        """Tell the relays, without making the request wait for it. What is rung while one ring is on its way goes out
        as one more.
        """
        self._rung.set()
        self._again = True
        if self._ringing is None:
            self._ringing = asyncio.create_task(self._publish())

    async def _publish(self) -> None:
        try:
            while self._again:
                self._again = False
                with contextlib.suppress(RedisError, OSError, TimeoutError):
                    await self._client.publish(self.channel, b"1")
        finally:
            self._ringing = None

    async def wait(self, timeout_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), timeout_s)
        self._rung.clear()

    async def listen(self) -> None:
        """Run for ever: turn what other processes ring into a local signal. Survives a restart of Valkey."""
        while True:
            try:
                await self._listen_once()
            except (RedisError, OSError, TimeoutError):
                get_logger().warning("wakeup.lost")
                await asyncio.sleep(_PAUSE_AFTER_FAILURE_S)

    async def _listen_once(self) -> None:
        subscription: Any = self._client.pubsub()
        async with subscription:
            await subscription.subscribe(self.channel)
            while True:
                message = await subscription.get_message(ignore_subscribe_messages=True, timeout=4)
                if message is not None:
                    self._rung.set()
