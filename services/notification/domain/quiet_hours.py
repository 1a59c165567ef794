"""Quiet hours: no transactional SMS from 21:00 to 08:00 local time."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOME_ZONE = ZoneInfo("America/Sao_Paulo")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end` by the clock on the wall of `zone`; `start` equal to `end` means never quiet."""

    start: time = time(21, 0)
    end: time = time(8, 0)
    zone: ZoneInfo = HOME_ZONE

    def opening(self, at: datetime) -> datetime:
        """Return `at` itself when it is not quiet then, else the end of that quiet time (UTC)."""
        local = at.astimezone(self.zone)
        if not self._is_quiet(local.time()):
            return at
        day = local.date()
        if self.start > self.end and local.time() >= self.start:
            day += timedelta(days=1)
        return datetime.combine(day, self.end, self.zone).astimezone(UTC)

    def _is_quiet(self, at: time) -> bool:
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


NEVER_QUIET = QuietHours(time(0, 0), time(0, 0))
