"""Some jobs side by side while processes are killed, and the verdict when all is quiet again."""

import random
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.faults.crew import Crew, Patient
from tests.faults.job import Job
from tests.faults.kill_orders import KillOrders
from tests.faults.verdict import Verdict, judge
from tests.support.live import LiveSystem

_SPREAD_S = 3.0


@dataclass(frozen=True)
class Outcome:
    carried_out: Counter[str]
    verdict: Verdict
    jobs: int
    unfinished: Sequence[str]  # why a job did not complete

    @property
    def clean(self) -> bool:
        return self.verdict.clean and not self.unfinished


def run_wave(
    system: LiveSystem,
    crew: Crew,
    folder: Path,
    *,
    jobs: int,
    orders: Sequence[str],
    seed: int,
) -> Outcome:
    """Run `jobs` jobs at the same time and carry out `orders` at random moments of them."""
    chance, over, before = random.Random(seed), threading.Event(), crew.exams_of_the_doctor()
    crew.releaser.stepped_up()
    kills = KillOrders(folder, orders, chance)
    killer = kills.in_background(over.is_set)
    exams: dict[str, Patient] = {}
    unfinished: list[str] = []

    def one(patient: Patient, wait_s: float) -> None:
        threading.Event().wait(wait_s)
        try:
            Job(crew, patient).run(lambda exam_id: exams.update({exam_id: patient}))
        except Exception as problem:
            unfinished.append(f"{type(problem).__name__}: {problem}")

    with ThreadPoolExecutor(jobs) as side_by_side:
        for number in range(jobs):
            patient = crew.patients[number % len(crew.patients)]
            side_by_side.submit(one, patient, chance.uniform(0, _SPREAD_S))
    over.set()
    killer.join()
    verdict = judge(crew, exams, before, system.home)
    return Outcome(kills.carried_out, verdict, jobs, unfinished)
