"""An engine dies or forgets in the middle of the job, or a queue brings rubbish: every job completes by itself."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from infra.local.engines.valkey import ADMIN
from infra.local.provision.clients import AwsAccount
from infra.local.provision.secret_store import SecretStore
from tests.faults.crew import Crew
from tests.faults.verdict import TOPOLOGY, dead_letters
from tests.faults.wave import Outcome, run_wave
from tests.support.live import LiveSystem

pytestmark = pytest.mark.timeout(600)
JOBS = 3
IN_THE_MIDDLE_S = 2.0
RUBBISH = "{"
QUEUE = "file-management-exams"


def wave_with(fault: Callable[[], None], system: LiveSystem, crew: Crew, kill_folder: Path) -> Outcome:
    timer = threading.Timer(IN_THE_MIDDLE_S, fault)
    timer.start()
    outcome = run_wave(system, crew, kill_folder, jobs=JOBS, orders=(), seed=2)
    timer.join()
    return outcome


def assert_clean(outcome: Outcome) -> None:
    assert not outcome.unfinished
    assert outcome.verdict.because == []
    assert outcome.verdict.released == JOBS


def port(system: LiveSystem, engine: str) -> int:
    return int(json.loads((system.home / "ports.json").read_text())[engine])


def test_valkey_forgets_everything_and_dies(system: LiveSystem, crew: Crew, kill_folder: Path) -> None:
    def forget_and_die() -> None:
        password = SecretStore(system.home / "secrets.json").password(f"valkey.{ADMIN}")
        with redis.Redis(port=port(system, "valkey"), username=ADMIN, password=password) as valkey:
            valkey.flushall()
        os.kill(system.pid("valkey"), signal.SIGKILL)

    assert_clean(wave_with(forget_and_die, system, crew, kill_folder))


def test_postgresql_is_killed(system: LiveSystem, crew: Crew, kill_folder: Path) -> None:
    killed = system.pid("postgres")
    outcome = wave_with(lambda: os.kill(killed, signal.SIGKILL), system, crew, kill_folder)
    assert_clean(outcome)
    assert system.pid("postgres") != killed


def test_rubbish_in_a_queue_is_a_dead_letter_and_holds_nothing_up(
    system: LiveSystem, crew: Crew, kill_folder: Path
) -> None:
    url = f"http://127.0.0.1:{port(system, 'aws')}"
    sqs = AwsAccount(url, TOPOLOGY["region"], TOPOLOGY["account_id"]).client("sqs")
    dead = QUEUE + TOPOLOGY["queue_settings"]["dead_letter_suffix"]

    def throw_in() -> None:
        sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"], MessageBody=RUBBISH)

    outcome = wave_with(throw_in, system, crew, kill_folder)
    deadline = time.monotonic() + 60
    while not dead_letters(url) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert dead_letters(url) == {dead: 1}
    sqs.purge_queue(QueueUrl=sqs.get_queue_url(QueueName=dead)["QueueUrl"])
    assert not outcome.unfinished
    assert outcome.verdict.released == JOBS
    assert [found for found in outcome.verdict.because if not found.startswith("dead_letters")] == []
