"""Failures in a row, and the pause they cause.

Counted per login and address, or per login and device where the person has used that device before: whoever fails
elsewhere makes nobody else wait. What strangers fail at one login from anywhere is counted besides, so that many
addresses do not add up to many guesses (SP 800-63B-4, 3.2.2); it never slows down a known device. Once the password
was right, failures are counted per account for its second factor.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.accounts.domain.errors import TOO_MANY_ATTEMPTS

FREE = 5
FREE_FOR_STRANGERS = 50
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Attempts:
    failures: int = 0
    last_failure_at: datetime | None = None

    def failed(self, now: datetime) -> "Attempts":
        fresh = self.last_failure_at is None or now - self.last_failure_at >= FORGOTTEN_AFTER
        return Attempts(1 if fresh else self.failures + 1, now)

    def check(self, now: datetime, *, free: int = FREE) -> None:
        """Raise `too_many_attempts` during the pause: 30 s after the last free failure, doubling up to 15 min."""
        wait = self._pause_ends(now, free) - now
        if wait > timedelta(0):
            raise TOO_MANY_ATTEMPTS.error(wait_seconds=int(wait.total_seconds()) + 1)

    def _pause_ends(self, now: datetime, free: int) -> datetime:
        if self.last_failure_at is None or self.failures < free:
            return now
        doublings = min(self.failures - free, 10)
        return self.last_failure_at + min(_FIRST_PAUSE * (1 << doublings), _LONGEST_PAUSE)
