"""Jobs side by side: when one ends the next begins, for as long as more are wanted."""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from tests.faults.crew import Crew, Patient
from tests.faults.job import Job

_SPREAD_S = 3.0


@dataclass
class SideBySide:
    """What was begun, and how it ended; `exams` is filled while the jobs run."""

    crew: Crew
    chance: random.Random
    until: float = float("inf")  # of time.monotonic(): a job that has not ended by then has failed
    exams: dict[str, Patient] = field(default_factory=dict)
    unfinished: list[str] = field(default_factory=list)  # why a job did not complete
    started: int = 0
    finished: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    quiet_since: int | None = None  # how many jobs had begun when nothing more went wrong

    def more_while(self, trouble: bool, *, afterwards: int) -> bool:
        """Whether another job is to begin: as long as there is trouble, and `afterwards` more when it is over.

        What was never taken by a provider is sent again when receipts of later messages have come: those of the last
        jobs need some that come after them.
        """
        if trouble:
            return True
        if self.quiet_since is None:
            self.quiet_since = self.started
        return self.started < self.quiet_since + afterwards

    def run(
        self, at_once: int, more: Callable[[], bool], meanwhile: Callable[[], None] = lambda: None
    ) -> None:
        """Keep `at_once` jobs going while `more()`; return when the last has ended. `meanwhile`: once a second."""
        self.crew.releaser.stepped_up()
        with ThreadPoolExecutor(at_once) as places:
            keeping = [places.submit(self._keep, more) for _ in range(at_once)]
            while wait(keeping, 1).not_done:
                meanwhile()
        for one in keeping:
            one.result()

    def _keep(self, more: Callable[[], bool]) -> None:
        time.sleep(self.chance.uniform(0, _SPREAD_S))
        while (patient := self._next(more)) is not None:
            try:
                Job(self.crew, patient, self.until).run(self._registered_for(patient))
            except Exception as problem:
                self.unfinished.append(f"{type(problem).__name__}: {problem}")
            self.finished += 1

    def _registered_for(self, patient: Patient) -> Callable[[str], None]:
        def registered(exam_id: str) -> None:
            self.exams[exam_id] = patient

        return registered

    def _next(self, more: Callable[[], bool]) -> Patient | None:
        with self.lock:
            if not more():
                return None
            self.started += 1
            return self.crew.patients[self.started % len(self.crew.patients)]
