"""What a relay finds at each of its looks, told without a query of its own."""

from services.shared.platform.metrics.declared import OUTBOX_LAG_SECONDS, OUTBOX_WAITING


class OutboxObserved:
    """`store` is the kind of database that holds the outbox."""

    def __init__(self, store: str) -> None:
        self._lag = OUTBOX_LAG_SECONDS.labels(store)
        self._waiting = OUTBOX_WAITING.labels(store)

    def looked(self, oldest_s: float, waiting: int) -> None:
        self._lag.set(max(0.0, oldest_s))
        self._waiting.set(waiting)
