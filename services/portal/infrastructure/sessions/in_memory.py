"""Sealed slots in this process: for tests."""

from datetime import datetime, timedelta

from services.portal.application.ports import Json
from services.portal.infrastructure.sessions.sealing import Seal
from services.shared.kernel.clock import Clock


class InMemorySealedStore:
    def __init__(self, seal: Seal, clock: Clock) -> None:
        self._seal = seal
        self._clock = clock
        self._kept: dict[str, tuple[datetime, bytes]] = {}

    async def get(self, owner: str, slot: str) -> Json | None:
        place = f"{slot}:{owner}"
        kept = self._current(place)
        return self._seal.open(kept, place) if kept is not None else None

    async def put(self, owner: str, slot: str, value: Json, ttl_s: int) -> None:
        place = f"{slot}:{owner}"
        self._kept[place] = (self._ends(ttl_s), self._seal.close(value, place))

    async def delete(self, owner: str, *slots: str) -> None:
        for slot in slots:
            self._kept.pop(f"{slot}:{owner}", None)

    async def claim(self, owner: str, slot: str, ttl_s: int) -> bool:
        place = f"claim.{slot}:{owner}"
        if self._current(place) is not None:
            return False
        self._kept[place] = (self._ends(ttl_s), b"1")
        return True

    async def release(self, owner: str, slot: str) -> None:
        self._kept.pop(f"claim.{slot}:{owner}", None)

    def _ends(self, ttl_s: int) -> datetime:
        return self._clock.now() + timedelta(seconds=ttl_s)

    def _current(self, place: str) -> bytes | None:
        ends, value = self._kept.get(place, (None, None))
        return value if ends is not None and self._clock.now() < ends else None
