"""Messages come twice, late, out of order, and rubbish among them: every job completes by itself, once."""

import time
from pathlib import Path

import pytest

from tests.faults.crew import Crew
from tests.faults.engines import Engine
from tests.faults.messages import Postman
from tests.faults.verdict import dead_letters
from tests.faults.wave import run_wave
from tests.support.live import LiveSystem

pytestmark = pytest.mark.timeout(600)
JOBS = 2


def test_every_event_three_times_late_and_out_of_order_with_rubbish_in_every_queue(
    system: LiveSystem, crew: Crew, kill_folder: Path
) -> None:
    url = f"http://127.0.0.1:{Engine(system, kill_folder, 'aws').port}"
    postman = Postman(url)
    with postman.at_work():
        rubbish = postman.throw_rubbish()
        outcome = run_wave(system, crew, kill_folder, jobs=JOBS)
    assert postman.brought_again >= 2 * len(postman.seen) >= 2 * JOBS * len({"created", "completed", "ready"})
    deadline = time.monotonic() + 120
    while dead_letters(url) != rubbish and time.monotonic() < deadline:
        time.sleep(0.2)
    assert dead_letters(url) == rubbish
    postman.empty(*rubbish)
    assert not outcome.unfinished
    assert outcome.verdict.released >= JOBS
    assert [found for found in outcome.verdict.because if not found.startswith("dead_letters")] == []
