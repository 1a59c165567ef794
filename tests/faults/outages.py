"""Every server away for two minutes in turn, while jobs run: `make faults`.

    python -m tests.faults.outages [--seconds 120] [--jobs 4] [--to docs/bench/outages.json]

Jobs begin before the server goes and keep following one another until it is back; then all of them must end by
themselves, and nothing may lie in the dead letters. The file is written after every server.
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from infra.local.engines.process import free_port
from tests.faults.crew import Crew
from tests.faults.engines import NAMES, Engine
from tests.faults.wave import run_wave
from tests.support.live import REPOSITORY, LiveSystem, start_live_system, stop_live_system

FIGURES = REPOSITORY / "docs" / "bench" / "outages.json"
_INTO_THE_JOBS_S = 5.0


def outage(engine: Engine, crew: Crew, *, seconds: float, jobs: int) -> dict[str, Any]:
    """Take the server away under load; return what came of it, for the file."""
    back_at: list[float] = []

    def stay_away() -> None:
        time.sleep(_INTO_THE_JOBS_S)
        with engine.away():
            time.sleep(seconds)
        back_at.append(time.monotonic())

    outcome = run_wave(engine.system, crew, engine.folder, jobs=jobs, fault=stay_away)
    found = outcome.verdict.figures()
    because = [*found.pop("because"), *outcome.unfinished]
    return {
        "server": engine.name,
        "seconds_away": seconds,
        "seconds_until_all_jobs_had_ended": round(time.monotonic() - back_at[0], 1),
        "jobs_side_by_side": jobs,
        **found,
        "findings": because,
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=120, help="how long each server stays away")
    parser.add_argument("--jobs", type=int, default=4, help="jobs side by side")
    parser.add_argument("--only", choices=NAMES, help="this server alone")
    parser.add_argument("--to", default=str(FIGURES), help="the file of figures")
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("asked to stop"))
    with tempfile.TemporaryDirectory(prefix="laudo-outages-") as place:
        folder = Path(place) / "orders"
        folder.mkdir()
        system = start_live_system(Path(place) / "home", free_port(), durable=True, kill_folder=folder)
        try:
            return _all(system, folder, wanted)
        finally:
            stop_live_system(system)


def _all(system: LiveSystem, folder: Path, wanted: argparse.Namespace) -> int:
    results: list[dict[str, Any]] = []
    with system.http() as http:
        crew = Crew(http)
        for name in [wanted.only] if wanted.only else NAMES:
            engine = Engine(system, folder, name)
            results.append(outage(engine, crew, seconds=wanted.seconds, jobs=wanted.jobs))
            Path(wanted.to).write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
            print(results[-1], flush=True)
    return 1 if any(result["findings"] or result["unknown"] for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
