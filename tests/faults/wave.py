"""Some jobs side by side while something goes wrong, and the verdict when all is quiet again."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults.crew import Crew
from tests.faults.kill_orders import KillOrders
from tests.faults.side_by_side import SideBySide
from tests.faults.verdict import Verdict, judge
from tests.support.live import LiveSystem

_PER_KILL_S = 1.5


@dataclass(frozen=True)
class Outcome:
    carried_out: Counter[str]
    verdict: Verdict
    unfinished: Sequence[str]  # why a job did not complete


def run_wave(
    system: LiveSystem,
    crew: Crew,
    folder: Path,
    *,
    jobs: int,
    orders: Sequence[str] = (),
    fault: Callable[[], None] | None = None,
) -> Outcome:
    """Run `jobs` jobs at the same time, and more while `orders` to die wait to be carried out or `fault` lasts."""
    before = crew.exams_of_the_doctor()
    going = SideBySide(crew, random.Random(len(before)))
    kills, over = (
        KillOrders(folder, orders, going.chance, spread_s=_PER_KILL_S * len(orders)),
        threading.Event(),
    )
    killer = kills.in_background(over.is_set)
    failed: list[BaseException] = []
    fault_over = _in_background(fault, failed) if fault else None

    def more() -> bool:
        in_trouble = bool(fault_over and fault_over.is_alive()) or not kills.all_carried_out
        return going.started < jobs or going.more_while(in_trouble, afterwards=1)

    going.run(jobs, more)
    over.set()
    killer.join()
    if failed:
        raise failed[0]
    return Outcome(kills.carried_out, judge(crew, going.exams, before, system.home), going.unfinished)


def _in_background(fault: Callable[[], None], failed: list[BaseException]) -> threading.Thread:
    def carry_out() -> None:
        try:
            fault()
        except BaseException as problem:
            failed.append(problem)

    thread = threading.Thread(target=carry_out, daemon=True)
    thread.start()
    return thread
