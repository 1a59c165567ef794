"""Orders to die at a named point: a file in the folder that the product watches (platform/kill_points.py)."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

_LOOK_EVERY_S = 0.1


class KillOrders:
    """Gives each order at a random moment within `spread_s`; the next one for a point only when the last was carried
    out. Moments apart let the jobs go on in between: a process that dies whenever it has just come back does no work.
    """

    def __init__(
        self, folder: Path, orders: Sequence[str], chance: random.Random, *, spread_s: float
    ) -> None:
        self._folder = folder
        self._due = {
            point: sorted(chance.uniform(0, spread_s) for _ in range(count))
            for point, count in Counter(orders).items()
        }
        self._given: set[str] = set()
        self.carried_out: Counter[str] = Counter()

    @property
    def all_carried_out(self) -> bool:
        return not self._given and not any(self._due.values())

    @property
    def waiting(self) -> dict[str, int]:
        """How many orders for each point are still to be carried out."""
        counts = {point: len(moments) + (point in self._given) for point, moments in self._due.items()}
        return {point: count for point, count in sorted(counts.items()) if count}

    def give_until(self, over: Callable[[], bool]) -> None:
        """Give orders until all were carried out or it is `over`; then take back those that nobody reached."""
        began = time.monotonic()
        while not self.all_carried_out and not over():
            self._look()
            self._give(time.monotonic() - began)
            time.sleep(_LOOK_EVERY_S)
        self._look()
        for point in self._given:
            (self._folder / point).unlink(missing_ok=True)
        self._given.clear()

    def in_background(self, over: Callable[[], bool]) -> threading.Thread:
        thread = threading.Thread(target=self.give_until, args=(over,))
        thread.start()
        return thread

    def _look(self) -> None:
        for point in [point for point in self._given if not (self._folder / point).exists()]:
            self._given.discard(point)
            self.carried_out[point] += 1

    def _give(self, seconds: float) -> None:
        """Give what is due after so many seconds."""
        for point, moments in self._due.items():
            if moments and moments[0] <= seconds and point not in self._given:
                moments.pop(0)
                (self._folder / point).touch()
                self._given.add(point)
