"""kill -9 at every named point of the job, in the product as `make run` runs it: every job completes by itself."""

from pathlib import Path

import pytest

from services.shared.platform.kill_points import POINTS
from tests.faults.crew import Crew
from tests.faults.wave import run_wave
from tests.support.live import LiveSystem

pytestmark = pytest.mark.timeout(600)
JOBS = 4


def test_killed_once_at_every_point_each_job_completes_and_tells_its_patient_once(
    system: LiveSystem, crew: Crew, kill_folder: Path
) -> None:
    outcome = run_wave(system, crew, kill_folder, jobs=JOBS, orders=sorted(POINTS))
    assert not outcome.unfinished
    assert set(outcome.carried_out) == POINTS
    assert outcome.verdict.because == []
    assert outcome.verdict.unknown == 0
    assert outcome.verdict.released >= JOBS
