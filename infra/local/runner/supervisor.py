"""Keeps the children alive, and ends them in order."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from infra.local.engines.process import Child

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 15.0
_SETTLED_AFTER_S = 20.0


@dataclass
class Supervised:
    child: Child
    launch: Callable[[], None]
    started_at: float = field(default_factory=time.monotonic)
    pause: float = _FIRST_PAUSE_S
    due_at: float | None = None  # set while it waits to be started again


class Supervisor:
    """Children in ranks: those of a higher rank depend on those of a lower, and are ended before them."""

    def __init__(
        self,
        say: Callable[[str], None],
        changed: Callable[[dict[str, int]], None],
        held_down: Callable[[str], bool] = lambda name: False,
    ) -> None:
        """`held_down`: whether a dead child, by its name, is to stay so for now (fault tests)."""
        self._say = say
        self._changed = changed
        self._held_down = held_down
        self._ranks: dict[int, list[Supervised]] = {}

    def add(self, rank: int, one: Supervised) -> None:
        self._ranks.setdefault(rank, []).append(one)

    def report(self) -> None:
        self._changed({one.child.name: one.child.pid for one in self._all()})

    def watch_once(self) -> None:
        """Notice the dead and start again those whose pause is over."""
        now = time.monotonic()
        for one in self._all():
            if one.due_at is not None:
                if now >= one.due_at and not self._held_down(one.child.name):
                    self._start_again(one)
            elif not one.child.running:
                self._schedule(one, now)

    def _all(self) -> list[Supervised]:
        return [one for rank in sorted(self._ranks) for one in self._ranks[rank]]

    def _schedule(self, one: Supervised, now: float) -> None:
        # The growing pause is for what cannot work; a kill from outside says nothing about that.
        if now - one.started_at > _SETTLED_AFTER_S or one.child.exit_code == -signal.SIGKILL:
            one.pause = min(one.pause, _FIRST_PAUSE_S)
        one.due_at = now + one.pause
        self._say(
            f"{one.child.name} ended with code {one.child.exit_code}; starting it again in {one.pause:g} s"
        )
        one.pause = min(_LONGEST_PAUSE_S, one.pause * 2)

    def _start_again(self, one: Supervised) -> None:
        one.due_at = None
        one.started_at = time.monotonic()
        one.launch()
        self.report()

    def stop(self, patience_s: float = 12) -> bool:
        """Ask a whole rank to stop, wait for it, then the next; whoever does not listen is killed.

        Returns whether there was anything to stop.
        """
        any_ran = any(one.child.running for one in self._all())
        for rank in sorted(self._ranks, reverse=True):
            group = self._ranks[rank]
            for one in group:
                one.child.ask_to_stop()
            deadline = time.monotonic() + patience_s
            for one in group:
                one.child.wait(max(0.1, deadline - time.monotonic()))
        self._ranks.clear()
        return any_ran

    def kill(self) -> None:
        """End everything now (second Ctrl-C)."""
        for one in self._all():
            one.child.kill()
