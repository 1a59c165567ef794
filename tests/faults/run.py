"""Kills at every point, many times, at random moments of jobs side by side: `make faults`.

    python -m tests.faults.run [--times 20] [--jobs 10] [--minutes 22] [--to docs/bench/faults.json]

Jobs follow one another without a pause until every order was carried out, or for `--minutes`; those that run then get
four more minutes. The file says what was really done: it is written every half minute, and whatever happens.
"""

import argparse
import json
import random
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from infra.local.engines.process import free_port
from services.shared.platform.kill_points import POINTS
from tests.faults.crew import Crew
from tests.faults.kill_orders import KillOrders
from tests.faults.side_by_side import SideBySide
from tests.faults.verdict import Verdict, judge
from tests.support.live import REPOSITORY, start_live_system, stop_live_system

FIGURES = REPOSITORY / "docs" / "bench" / "faults.json"
_LAST_JOBS_S = 240.0
_PER_ROUND_S = 45.0  # for one kill at every point, on average
_SAY_EVERY_S = 30.0


class Run:
    """One run: the wishes, what happens, and what is written of it."""

    def __init__(self, wanted: argparse.Namespace) -> None:
        self.wanted = wanted
        self.seed = wanted.seed or int(time.time())
        self.began = time.monotonic()
        self.said = self.began

    def against(self, place: Path) -> int:
        """Start the product in `place`, kill, judge; return 0 when everything went well."""
        orders = place / "orders"
        orders.mkdir()
        system = start_live_system(place / "home", free_port(), kill_folder=orders)
        self.began = self.said = time.monotonic()
        verdict, going, kills = Verdict(), None, None
        try:
            with system.http() as http:
                crew = Crew(http)
                before = crew.exams_of_the_doctor()
                going = self._jobs(crew)
                kills = KillOrders(
                    orders,
                    sorted(POINTS) * self.wanted.times,
                    going.chance,
                    spread_s=_PER_ROUND_S * self.wanted.times,
                )
                try:
                    self._go(going, kills)
                finally:
                    verdict = judge(crew, going.exams, before, system.home)
        finally:
            if going and kills:
                self._write(going, kills, verdict, complete=True)
            stop_live_system(system)
        print(f"{self._seconds()} s: {verdict.figures()} unfinished: {going.unfinished}", flush=True)
        return 0 if verdict.clean and not going.unfinished and kills.all_carried_out else 1

    def _jobs(self, crew: Crew) -> SideBySide:
        until = self.began + self.wanted.minutes * 60 + _LAST_JOBS_S
        return SideBySide(crew, random.Random(self.seed), until)

    def _go(self, going: SideBySide, kills: KillOrders) -> None:
        over = threading.Event()
        end = self.began + self.wanted.minutes * 60

        def time_is_up() -> bool:
            return over.is_set() or time.monotonic() > end

        killer = kills.in_background(time_is_up)
        try:
            going.run(
                self.wanted.jobs,
                lambda: (
                    not time_is_up()
                    and going.more_while(not kills.all_carried_out, afterwards=self.wanted.jobs // 2)
                ),
                lambda: self._say(going, kills),
            )
        finally:
            over.set()
            killer.join()

    def _say(self, going: SideBySide, kills: KillOrders) -> None:
        if time.monotonic() - self.said < _SAY_EVERY_S:
            return
        self.said = time.monotonic()
        self._write(going, kills, Verdict(), complete=False)
        print(
            f"{self._seconds()} s: {kills.carried_out.total()} kills, {going.finished} jobs ended, "
            f"{len(going.unfinished)} of them without their end; waiting: {kills.waiting}",
            flush=True,
        )

    def _write(self, going: SideBySide, kills: KillOrders, verdict: Verdict, *, complete: bool) -> None:
        found: dict[str, Any] = verdict.figures()
        because = [*found.pop("because"), *going.unfinished]
        content = {
            "injected": kills.carried_out.total(),
            **found,
            "jobs": going.finished,
            "jobs_side_by_side": self.wanted.jobs,
            "wanted_per_point": self.wanted.times,
            "per_point": {point: kills.carried_out[point] for point in sorted(POINTS)},
            "seed": self.seed,
            "seconds": self._seconds(),
            "judged": complete,
            "findings": because,
        }
        target = Path(self.wanted.to)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    def _seconds(self) -> int:
        return round(time.monotonic() - self.began)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=20, help="kills at every point")
    parser.add_argument("--jobs", type=int, default=10, help="jobs side by side")
    parser.add_argument("--minutes", type=float, default=22, help="begin nothing new after that")
    parser.add_argument("--seed", type=int, help="of the random moments; the time when absent")
    parser.add_argument("--to", default=str(FIGURES), help="the file of figures")
    wanted = parser.parse_args()
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit("asked to stop")
    )  # what was found is written all the same
    with tempfile.TemporaryDirectory(prefix="laudo-faults-") as place:
        return Run(wanted).against(Path(place))


if __name__ == "__main__":
    sys.exit(main())
