"""The whole product, running as `make run` runs it: for end-to-end tests.

Fixture
    live_system   LiveSystem: .url, .home, .people, .person(role, ...), .http(), .outbox(), .log(name), .pid(name)

It takes some ten seconds to start, so tests that use it stay on one worker: see tests/support/scheduling.py.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.engines.process import free_port
from infra.local.runner.people import demo_people

REPOSITORY = Path(__file__).resolve().parents[2]
_READY_WITHIN_S = 180


@dataclass(frozen=True)
class LiveSystem:
    """A running installation with the demo people in it."""

    url: str
    home: Path
    process: subprocess.Popen[bytes]

    @property
    def people(self) -> list[dict[str, Any]]:
        return demo_people()

    def person(self, role: str, *, clinic: int = 0, skip: int = 0) -> dict[str, Any]:
        """Return a demo person by role, of the first or second clinic."""
        clinics = list(dict.fromkeys(one["clinics"][0] for one in self.people))
        matching = [one for one in self.people if role in one["roles"] and clinics[clinic] in one["clinics"]]
        return matching[skip]

    def http(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30)

    def outbox(self) -> list[dict[str, Any]]:
        """E-mails and texts sent so far, newest first: kind, to, sender, subject, text, html, at."""
        with self.http() as http:
            messages: list[dict[str, Any]] = http.get("/local/outbox.json").json()["messages"]
        return messages

    def log(self, name: str) -> list[dict[str, Any]]:
        """The JSON lines that a child wrote, e.g. `exam-results-worker`."""
        lines = (self.home / "logs" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def pid(self, name: str) -> int:
        """The process number of a child, e.g. `notification-worker`, `postgres` (it changes with a restart)."""
        return int(json.loads((self.home / "children.json").read_text())[name])


def start_live_system(
    home: Path, port: int, *, durable: bool = False, kill_folder: Path | None = None
) -> LiveSystem:
    """Start the product and return when it is ready; the caller stops it."""
    log = home.with_suffix(".out")
    env = os.environ | {
        "LAUDO_HOME": str(home),
        "LAUDO_PORT": str(port),
        "LAUDO_LIMIT_FACTOR": "1000",  # everybody comes from one address here
        "LAUDO_DURABLE": "1" if durable else "0",
        "LAUDO_KILL_FOLDER": str(kill_folder or ""),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.cli", "run"],
            cwd=REPOSITORY,
            env=env,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    deadline = time.monotonic() + _READY_WITHIN_S
    while b"Laudo is at" not in log.read_bytes():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(f"the product did not start:\n{log.read_text(errors='replace')[-4000:]}")
        time.sleep(0.1)
    return LiveSystem(f"http://localhost:{port}", home, process)


def stop_live_system(system: LiveSystem) -> None:
    system.process.send_signal(signal.SIGTERM)
    try:
        system.process.wait(60)
    except subprocess.TimeoutExpired:
        system.process.kill()
        pytest.fail("the product did not stop within 60 s")


@pytest.fixture(scope="session")
def live_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSystem]:
    system = start_live_system(tmp_path_factory.mktemp("live") / "home", free_port())
    yield system
    stop_live_system(system)
