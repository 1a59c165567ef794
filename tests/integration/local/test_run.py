"""`make run` as a person meets it: starts, says what is wrong, heals, stops cleanly, and keeps the data."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from infra.local.engines.process import free_port
from tests.support.live import REPOSITORY, LiveSystem, start_live_system, stop_live_system

SECONDS = 60


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run") / "home"


@pytest.fixture(scope="module")
def running(home: Path) -> Iterator[LiveSystem]:
    system = start_live_system(home, free_port())
    yield system
    if system.process.poll() is None:
        stop_live_system(system)


def _children(home: Path) -> dict[str, int]:
    pids: dict[str, int] = json.loads((home / "children.json").read_text())
    return pids


def _gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def _wait_until_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + SECONDS
    while (left := [pid for pid in pids if not _gone(pid)]) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not left


def _run(home: Path, port: int) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"LAUDO_HOME": str(home), "LAUDO_PORT": str(port)}
    command = [sys.executable, "-m", "infra.local.cli", "run"]
    return subprocess.run(
        command, cwd=REPOSITORY, env=env, capture_output=True, text=True, timeout=SECONDS, check=False
    )


def test_every_process_listens_on_the_loopback_address_only(running: LiveSystem) -> None:
    tree = psutil.Process(running.process.pid).children(recursive=True)
    addresses = {
        connection.laddr.ip
        for process in tree
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert addresses == {"127.0.0.1"}


def test_no_service_is_told_the_keys_of_another(running: LiveSystem) -> None:
    told = {
        name: psutil.Process(pid).environ()
        for name, pid in _children(running.home).items()
        if name.endswith(("-api", "-worker"))
    }
    keys = {name: env["AWS_ACCESS_KEY_ID"] for name, env in told.items()}
    assert len(set(keys.values())) == 4
    assert not any("OWNER_DATABASE" in key for env in told.values() for key in env)
    assert all("exam_results" not in env.get("LAUDO_DATABASE_URL", "") for env in (told["accounts-api"],))
    assert not any("DATABASE_URL" in key for key in told["notification-worker"])


def test_the_passwords_are_readable_by_their_owner_alone(running: LiveSystem) -> None:
    assert (running.home / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_the_four_services_answer_under_one_origin(running: LiveSystem) -> None:
    with running.http() as http:
        for prefix in ("accounts", "exams", "files", "notifications"):
            assert http.get(f"/api/v1/{prefix}/healthz").json() == {"status": "alive"}
            assert http.get(f"/api/v1/{prefix}/readyz").json()["status"] == "ready"
            assert http.get(f"/api/v1/{prefix}/openapi.json").json()["openapi"].startswith("3.1")


def test_the_start_says_how_long_it_took_and_who_may_sign_in(running: LiveSystem) -> None:
    said = running.home.with_suffix(".out").read_text()
    assert re.search(rf"Laudo is at {running.url} \(ready in \d+\.\d s\)", said)
    for person in running.people:
        assert person["login"] in said
    assert "all invented" in said


def test_a_second_run_on_the_same_folder_is_refused_in_one_sentence(running: LiveSystem) -> None:
    refused = _run(running.home, free_port())
    assert refused.returncode == 1
    assert "already runs on" in refused.stdout
    assert "Traceback" not in refused.stdout + refused.stderr


def test_a_taken_port_is_told_with_what_to_do(running: LiveSystem, tmp_path: Path) -> None:
    port = int(running.url.rpartition(":")[2])
    refused = _run(tmp_path / "other", port)
    assert refused.returncode == 1
    assert f"port {port} is taken" in refused.stdout
    assert "LAUDO_PORT=" in refused.stdout


def test_a_child_that_crashes_is_back_in_seconds(running: LiveSystem) -> None:
    os.kill(running.pid("notification-api"), signal.SIGKILL)
    deadline = time.monotonic() + SECONDS
    statuses = []
    while time.monotonic() < deadline:
        with running.http() as http:
            statuses.append(http.get("/api/v1/notifications/readyz").status_code)
        if len(statuses) > 1 and statuses[-1] == httpx.codes.OK and 503 in statuses:
            break
        time.sleep(0.05)
    assert statuses[-1] == httpx.codes.OK
    assert "notification-api ended with code -9" in running.home.with_suffix(".out").read_text()


def test_a_stop_leaves_no_process_and_a_new_start_finds_the_data(running: LiveSystem, home: Path) -> None:
    doctor = running.person("doctor")
    before = _children(home)
    stop_live_system(running)
    assert running.process.returncode == 0
    _wait_until_gone([*before.values()])
    again = start_live_system(home, free_port())
    try:
        said = home.with_suffix(".out").read_text()
        assert "prepared" not in said  # migrations and demo data were not needed again
        with again.http() as http:
            refused = http.post(
                "/api/v1/accounts/sessions", json={"login": doctor["login"], "password": doctor["password"]}
            )
        assert refused.json()["code"] == "accounts.code_required"  # known, and the password is right
    finally:
        pids = [again.process.pid, *_children(home).values()]
        again.process.kill()  # no chance to tidy up
        again.process.wait()
        _wait_until_gone(pids)
