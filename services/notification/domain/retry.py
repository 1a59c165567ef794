"""When a message that the provider surely did not accept is tried again.

A refusal is of this message, and is not asked for ever. A provider out of reach says nothing about the message: it is
tried until it can be told, for a day.
"""

from datetime import timedelta

_BACK_OFF = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
)
_OFTEN, _OFTEN_FOR = timedelta(seconds=15), timedelta(minutes=10)
_THEN = timedelta(minutes=1)
_GIVEN_UP_AFTER = timedelta(days=1)


def while_out_of_reach(waited: timedelta) -> timedelta | None:
    """Return how long to wait for the provider once more, after having `waited` so long; None when it is given up."""
    if waited >= _GIVEN_UP_AFTER:
        return None
    return _OFTEN if waited < _OFTEN_FOR else _THEN


def back_off(attempts: int) -> timedelta | None:
    """Return how long to wait after the `attempts`-th refusal, or None when it is given up."""
    return _BACK_OFF[attempts - 1] if 1 <= attempts <= len(_BACK_OFF) else None
