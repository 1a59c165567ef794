"""Kills at every point, many times, at random moments of jobs side by side: `make faults`.

    python -m tests.faults.run [--times 20] [--jobs 10] [--minutes 120]

Writes docs/bench/faults.json after every wave: what was really done, even when it is interrupted.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.engines.process import free_port
from services.shared.platform.kill_points import POINTS
from tests.faults.crew import Crew
from tests.faults.wave import Outcome, run_wave
from tests.support.live import REPOSITORY, start_live_system, stop_live_system

FIGURES = REPOSITORY / "docs" / "bench" / "faults.json"


@dataclass
class Total:
    """All waves of one run together."""

    times: int
    jobs_side_by_side: int
    seed: int
    jobs: int = 0
    waves: int = 0
    carried_out: Counter[str] = field(default_factory=Counter)
    figures: Counter[str] = field(default_factory=Counter)
    because: list[str] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        self.waves += 1
        self.jobs += outcome.jobs
        self.carried_out += outcome.carried_out
        found = outcome.verdict.figures()
        self.because += [*found.pop("because"), *outcome.unfinished]
        self.figures += Counter(found)

    @property
    def missing(self) -> list[str]:
        """The points that were not yet reached as often as wanted."""
        return sorted(point for point in POINTS if self.carried_out[point] < self.times)

    def next_orders(self) -> list[str]:
        """Two deaths in a wave at every point that is not done with."""
        return [point for point in self.missing for _ in range(min(2, self.times - self.carried_out[point]))]

    def write(self, seconds: float) -> None:
        names = ("released", "sent", "lost", "twice", "wrong_person", "unknown", "dead_letters")
        content = {
            "injected": self.carried_out.total(),
            **{name: self.figures[name] for name in names},
            "jobs": self.jobs,
            "jobs_side_by_side": self.jobs_side_by_side,
            "wanted_per_point": self.times,
            "per_point": {point: self.carried_out[point] for point in sorted(POINTS)},
            "seed": self.seed,
            "seconds": round(seconds),
            "findings": self.because,
        }
        FIGURES.parent.mkdir(parents=True, exist_ok=True)
        FIGURES.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20, help="kills at every point")
    parser.add_argument("--jobs", type=int, default=10, help="jobs side by side")
    parser.add_argument("--minutes", type=float, default=120, help="begin no wave after that")
    wanted = parser.parse_args()
    total = Total(wanted.times, wanted.jobs, seed=int(time.time()))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="laudo-faults-") as place:
        orders = Path(place) / "orders"
        orders.mkdir()
        system = start_live_system(Path(place) / "home", free_port(), kill_folder=orders)
        try:
            with system.http() as http:
                crew = Crew(http)
                while total.missing and time.monotonic() - began < wanted.minutes * 60:
                    outcome = run_wave(
                        system,
                        crew,
                        orders,
                        jobs=wanted.jobs,
                        orders=total.next_orders(),
                        seed=total.seed + total.waves,
                    )
                    total.add(outcome)
                    total.write(time.monotonic() - began)
                    print(
                        f"wave {total.waves}: {total.carried_out.total()} kills, {outcome.verdict}",
                        flush=True,
                    )
        finally:
            stop_live_system(system)
    return 1 if total.because or total.missing else 0


if __name__ == "__main__":
    sys.exit(main())
