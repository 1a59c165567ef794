"""When a key that signs access tokens is announced, signs, and is withdrawn.

A key is published before it signs, for longer than any verifier goes on with the keys it has, and stays published
until the last token it signed has run out. So no token is ever refused for its key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

TOKEN_LIFETIME = timedelta(minutes=10)
ANNOUNCED_FOR = timedelta(minutes=15)  # verifiers ask for the keys every five minutes at most
KEPT_FOR = TOKEN_LIFETIME + timedelta(minutes=5)  # clocks differ a little


@dataclass(frozen=True, slots=True)
class KeyTimes:
    kid: str
    signs_from: datetime


@dataclass(frozen=True, slots=True)
class KeyChange:
    """`new_from`: make a key that signs from then on. `retired`: withdraw these and forget their private halves."""

    new_from: datetime | None = None
    retired: frozenset[str] = frozenset()


def signer(keys: Sequence[KeyTimes], now: datetime) -> KeyTimes:
    """Return the key that signs: the youngest whose time has come. There is at least one key."""
    ordered = _by_age(keys)
    return next((key for key in reversed(ordered) if key.signs_from <= now), ordered[0])


def by_schedule(keys: Sequence[KeyTimes], now: datetime, every: timedelta) -> KeyChange:
    """A key signs for `every`; the next is announced in time for that."""
    is_due = not keys or _by_age(keys)[-1].signs_from + every - ANNOUNCED_FOR <= now
    return KeyChange(_next_from(keys, now) if is_due else None, _run_out(keys, now))


def announced(keys: Sequence[KeyTimes], now: datetime) -> KeyChange:
    """The next key now, whatever the schedule; none when one is announced already."""
    is_waiting = any(key.signs_from > now for key in keys)
    return KeyChange(None if is_waiting else _next_from(keys, now), _run_out(keys, now))


def replaced_at_once(keys: Sequence[KeyTimes], now: datetime) -> KeyChange:
    """For a key that somebody else may know: all keys go, and what they signed with them."""
    return KeyChange(now, frozenset(key.kid for key in keys))


def _next_from(keys: Sequence[KeyTimes], now: datetime) -> datetime:
    return now + ANNOUNCED_FOR if keys else now


def _run_out(keys: Sequence[KeyTimes], now: datetime) -> frozenset[str]:
    ordered = _by_age(keys)
    return frozenset(key.kid for key, after in pairwise(ordered) if after.signs_from + KEPT_FOR <= now)


def _by_age(keys: Sequence[KeyTimes]) -> list[KeyTimes]:
    return sorted(keys, key=lambda key: (key.signs_from, key.kid))
