"""Counts in this process's memory: one look-up and a few additions, so that hot reads can afford it.

The generic cell rate algorithm (ITU-T I.371): of each subject only the moment is kept at which all it used is given
back. The `limits` library's memory storage costs more than twice as much, since it keeps every request of a window and
starts a timer's thread to tidy up; the library is used where the count is shared (`valkey.py`).
"""

import time
from collections.abc import Callable, Hashable

from services.shared.platform.rate_limits.limit import Limit, Taken

_AT_MOST = 50_000


class InProcessCounter:
    """Keeps at most 50,000 subjects: when more are active at once, all start afresh rather than some be shut out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._given_back_at: dict[tuple[str, Hashable], float] = {}

    async def take(self, limit: Limit, subject: Hashable) -> Taken:
        return self.take_now(limit, subject)

    def take_now(self, limit: Limit, subject: Hashable) -> Taken:
        now, key = self._clock(), (limit.name, subject)
        each = limit.seconds / limit.amount
        used = max(0.0, self._given_back_at.get(key, now) - now)
        free = int((limit.seconds - used) / each + 1e-6)
        next_in = used - limit.seconds + (free + 1) * each
        if free < 1:
            return Taken(False, 0, next_in)
        if len(self._given_back_at) >= _AT_MOST:
            self._make_room(now)
        self._given_back_at[key] = now + used + each
        return Taken(True, free - 1, next_in)

    def _make_room(self, now: float) -> None:
        self._given_back_at = {key: until for key, until in self._given_back_at.items() if until > now}
        if len(self._given_back_at) >= _AT_MOST // 2:
            self._given_back_at.clear()
