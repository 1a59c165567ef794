"""When a message that the provider surely did not accept is tried again."""

from datetime import timedelta

_BACK_OFF = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
)


def back_off(attempts: int) -> timedelta | None:
    """Return how long to wait after the `attempts`-th refusal, or None when it is given up."""
    return _BACK_OFF[attempts - 1] if 1 <= attempts <= len(_BACK_OFF) else None
