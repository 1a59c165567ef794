"""Sealed slots in Valkey. Keys hold a hash of the owner's id, so that a dump of the store opens no session."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from redis.exceptions import RedisError

from services.portal.application.ports import Json
from services.portal.application.problems import unreachable
from services.portal.infrastructure.sessions.sealing import Seal
from services.shared.platform.logs import get_logger

if TYPE_CHECKING:
    from redis.asyncio import Redis


class ValkeySealedStore:
    def __init__(self, client: "Redis", seal: Seal) -> None:
        self._client = client
        self._seal = seal

    async def get(self, owner: str, slot: str) -> Json | None:
        place = _place(owner, slot)
        async with _answering():
            sealed = await self._client.get(place)
        return self._seal.open(sealed, place) if isinstance(sealed, bytes) else None

    async def put(self, owner: str, slot: str, value: Json, ttl_s: int) -> None:
        place = _place(owner, slot)
        async with _answering():
            await self._client.set(place, self._seal.close(value, place), ex=ttl_s)

    async def delete(self, owner: str, *slots: str) -> None:
        async with _answering():
            await self._client.delete(*(_place(owner, slot) for slot in slots))

    async def claim(self, owner: str, slot: str, ttl_s: int) -> bool:
        async with _answering():
            return bool(await self._client.set(_place(owner, f"claim.{slot}"), b"1", nx=True, ex=ttl_s))

    async def release(self, owner: str, slot: str) -> None:
        async with _answering():
            await self._client.delete(_place(owner, f"claim.{slot}"))


def _place(owner: str, slot: str) -> str:
    return f"portal:{slot}:{hashlib.sha256(owner.encode()).hexdigest()}"


@asynccontextmanager
async def _answering() -> AsyncIterator[None]:
    try:
        yield
    except (RedisError, OSError, TimeoutError) as error:
        get_logger().warning("portal.sessions_unreachable", exc_info=error)
        raise unreachable() from error
