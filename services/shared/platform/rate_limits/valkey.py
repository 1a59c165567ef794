"""Counts over all processes of a service, in Valkey: a moving window, by the `limits` library."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Hashable
from typing import Any

from limits import RateLimitItemPerSecond
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis import asyncio as redis
from redis.exceptions import RedisError

from services.shared.platform.logs import get_logger
from services.shared.platform.rate_limits.in_process import InProcessCounter
from services.shared.platform.rate_limits.limit import Limit, Taken

_LEFT_ALONE_S = 5.0


class ValkeyCounter:
    """This process counts too, and asks Valkey about those it lets in: a flood from one place ends here, and while
    Valkey does not answer within `patience_s`, each process goes on counting alone, never open to all and never
    closed to all.

    What remains is told as this process counts it: an upper bound, which saves a second question to Valkey.

    Subjects are blinded by `secret`: whoever reads the keys learns neither addresses nor who tried to be whom.
    """

    def __init__(self, client: "redis.Redis", service: str, secret: bytes, patience_s: float) -> None:
        options: dict[str, Any] = {"connection_pool": client.connection_pool}
        storage = RedisStorage(
            "async+redis://", implementation="redispy", key_prefix=f"{service}:limits", **options
        )
        self._windows = MovingWindowRateLimiter(storage)
        self._secret = secret
        self._patience_s = patience_s
        self._own = InProcessCounter()
        self._alone_until = 0.0

    async def take(self, limit: Limit, subject: Hashable) -> Taken:
        taken = self._own.take_now(limit, subject)
        if not taken.is_allowed or time.monotonic() < self._alone_until:
            return taken
        try:
            async with asyncio.timeout(self._patience_s):
                return await self._shared(limit, subject, taken)
        except (RedisError, OSError, TimeoutError) as error:
            if time.monotonic() >= self._alone_until:
                get_logger().warning("limits.counted_alone", exc_info=error)
            self._alone_until = time.monotonic() + _LEFT_ALONE_S
            return taken

    async def _shared(self, limit: Limit, subject: Hashable, own: Taken) -> Taken:
        window = RateLimitItemPerSecond(limit.amount, limit.seconds)
        place = limit.name, hmac.digest(self._secret, str(subject).encode(), hashlib.sha256).hex()
        if await self._windows.hit(window, *place):
            return own
        state = await self._windows.get_window_stats(window, *place)
        return Taken(False, 0, max(0.0, state.reset_time - time.time()))


def shared_counter(
    client: "redis.Redis", service: str, redis_url: str, *, patience_s: float = 0.5
) -> ValkeyCounter:
    """Return the service's counter; the address of its Valkey user, password and all, is what blinds the subjects."""
    secret = hashlib.sha256(f"limits|{redis_url}".encode()).digest()
    return ValkeyCounter(client, service, secret, patience_s)
