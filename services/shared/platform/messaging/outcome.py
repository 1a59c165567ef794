"""What an effect says of a message, so that the inbox knows what to keep."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Applied:
    """The effect took place. `resolves` names prerequisites that now exist, e.g. `patient/<id>`."""

    resolves: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stale:
    """A newer version was seen already: nothing to do."""


@dataclass(frozen=True)
class Parked:
    """A prerequisite has not come yet; keep the message until it does."""

    waits_for: str


Outcome = Applied | Stale | Parked
