"""A server dies, forgets or stays away in the middle of the job: every job completes by itself, once."""

import time
from pathlib import Path

import pytest
import redis

from infra.local.engines.valkey import ADMIN
from infra.local.provision.secret_store import SecretStore
from tests.faults.crew import Crew
from tests.faults.engines import NAMES, Engine
from tests.faults.wave import Outcome, run_wave
from tests.support.live import LiveSystem

pytestmark = pytest.mark.timeout(600)
JOBS = 2
INTO_THE_JOBS_S = 2.0
AWAY_S = 6.0


def assert_clean(outcome: Outcome) -> None:
    assert not outcome.unfinished
    assert outcome.verdict.because == []
    assert outcome.verdict.released >= JOBS
    assert outcome.verdict.unknown == 0


def test_killed_one_after_the_other_and_valkey_made_to_forget(
    system: LiveSystem, crew: Crew, kill_folder: Path
) -> None:
    """Committed rows, journaled documents: what was acknowledged is there. Valkey is a cache and may lose all."""

    def die_in_turn() -> None:
        time.sleep(INTO_THE_JOBS_S)
        for name in ("postgres", "mongo", "valkey"):
            engine = Engine(system, kill_folder, name)
            if name == "valkey":
                password = SecretStore(system.home / "secrets.json").password(f"valkey.{ADMIN}")
                with redis.Redis(port=engine.port, username=ADMIN, password=password) as valkey:
                    valkey.flushall()
            engine.kill()
            time.sleep(INTO_THE_JOBS_S)

    before = {name: system.pid(name) for name in NAMES}
    assert_clean(run_wave(system, crew, kill_folder, jobs=JOBS, fault=die_in_turn))
    assert {name for name in NAMES if system.pid(name) != before[name]} == {"postgres", "mongo", "valkey"}


def test_restarted_politely_one_after_the_other(system: LiveSystem, crew: Crew, kill_folder: Path) -> None:
    def restart_in_turn() -> None:
        for name in NAMES:
            time.sleep(INTO_THE_JOBS_S)
            Engine(system, kill_folder, name).restart()

    before = {name: system.pid(name) for name in NAMES}
    assert_clean(run_wave(system, crew, kill_folder, jobs=JOBS, fault=restart_in_turn))
    assert all(system.pid(name) != before[name] for name in NAMES)


def test_away_for_a_while_one_after_the_other_nothing_becomes_a_dead_letter(
    system: LiveSystem, crew: Crew, kill_folder: Path
) -> None:
    """The same for two minutes each, under more load: tests/faults/outages.py."""

    def stay_away_in_turn() -> None:
        for name in NAMES:
            time.sleep(INTO_THE_JOBS_S)
            with Engine(system, kill_folder, name).away():
                time.sleep(AWAY_S)

    assert_clean(run_wave(system, crew, kill_folder, jobs=JOBS, fault=stay_away_in_turn))
