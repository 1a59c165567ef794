"""Tells how long released reports have waited for their signature: until then no patient is told."""

from collections.abc import Awaitable, Callable

from services.shared.platform.metrics.declared import REPORTS_WAITING, REPORTS_WAITING_SECONDS

_COUNTED_TO = 1000
_STAGE = "signature"


class UnsignedReports:
    """`look(limit)` returns how many wait, at most `limit`, and the longest wait in seconds."""

    def __init__(self, look: Callable[[int], Awaitable[tuple[int, float]]]) -> None:
        self._look = look

    async def sweep(self) -> int:
        waiting, longest_s = await self._look(_COUNTED_TO)
        REPORTS_WAITING.labels(_STAGE).set(waiting)
        REPORTS_WAITING_SECONDS.labels(_STAGE).set(longest_s)
        return waiting
