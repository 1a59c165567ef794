"""Orders to die at a named point: a file in the folder that the product watches (platform/kill_points.py)."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

_LOOK_EVERY_S = 0.1
_LONGEST_PAUSE_S = 3.0


class KillOrders:
    """Gives each order at a random moment; the next one for a point only when the last was carried out."""

    def __init__(self, folder: Path, orders: Sequence[str], chance: random.Random) -> None:
        self._folder = folder
        self._waiting = Counter(orders)
        self._chance = chance
        self._given: set[str] = set()
        self.carried_out: Counter[str] = Counter()

    @property
    def all_carried_out(self) -> bool:
        return not self._given and not self._waiting.total()

    @property
    def waiting(self) -> dict[str, int]:
        """How many orders for each point are still to be carried out."""
        counts = self._waiting + Counter(list(self._given))
        return {point: count for point, count in sorted(counts.items()) if count}

    def give_until(self, over: Callable[[], bool]) -> None:
        """Give orders until all were carried out or it is `over`; then take back those that nobody reached."""
        due = time.monotonic()
        while not self.all_carried_out and not over():
            self._look()
            if time.monotonic() >= due:
                self._give_one()
                due = time.monotonic() + self._chance.uniform(0.1, _LONGEST_PAUSE_S)
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

    def _give_one(self) -> None:
        possible = [point for point, count in self._waiting.items() if count and point not in self._given]
        if possible:
            point = self._chance.choice(possible)
            self._waiting[point] -= 1
            (self._folder / point).touch()
            self._given.add(point)
