"""The test stand: the whole product as `make run` runs it, on real and durable servers, and the bare route beside it.

The servers under load are pinned to one core and the load to the other. Workers that are not part of a figure are
paused while it is taken.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from infra.local.demo_client import Person, demo_people
from infra.local.engines.process import free_port
from infra.local.provision.secret_store import SecretStore
from tests.support.live import REPOSITORY, LiveSystem, start_live_system, stop_live_system

SERVER_CORE, LOAD_CORE = 0, 1
WORKERS = ("accounts-worker", "exam-results-worker", "file-management-worker", "notification-worker")


@dataclass
class Stand:
    live: LiveSystem
    bare_port: int
    http: httpx.Client
    people: dict[str, Person]
    ports: dict[str, int]
    _tokens_of: dict[str, float] = field(default_factory=dict)

    def process(self, name: str) -> psutil.Process:
        return psutil.Process(self.live.pid(name))

    def person(self, role: str) -> Person:
        """Return a demo person with a token that lives for some minutes more."""
        person = self.people[role]
        if time.monotonic() - self._tokens_of.get(role, -1000) > 300:
            person.sign_in()
            self._tokens_of[role] = time.monotonic()
        return person

    @property
    def database_url(self) -> str:
        """The database of exam results, as PostgreSQL's administrator: for seeding."""
        password = SecretStore(self.live.home / "secrets.json").password("postgres.admin")
        return f"postgresql://laudo_admin:{password}@127.0.0.1:{self.ports['postgres']}/exam_results"

    @property
    def aws_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['aws']}"

    @contextmanager
    def workers_paused(self) -> Iterator[None]:
        workers = [self.process(name) for name in WORKERS if self._runs(name)]
        for worker in workers:
            worker.suspend()
        try:
            yield
        finally:
            for worker in workers:
                worker.resume()

    def _runs(self, name: str) -> bool:
        return name in json.loads((self.live.home / "children.json").read_text())

    def pin(self) -> None:
        """The APIs on one core, this process on the other."""
        for name in ("exam-results-api", "file-management-api"):
            _pin(self.process(name), SERVER_CORE)
        _pin(psutil.Process(), LOAD_CORE)


@contextmanager
def stand() -> Iterator[Stand]:
    """Start everything in a folder of its own and take it away again."""
    with tempfile.TemporaryDirectory(prefix="laudo-bench-") as folder:
        live = start_live_system(Path(folder) / "home", free_port(), durable=True)
        bare_port = free_port()
        bare = _start_bare(bare_port)
        try:
            with live.http() as http:
                ports = json.loads((live.home / "ports.json").read_text())
                yield Stand(live, bare_port, http, demo_people(http), ports)
        finally:
            bare.terminate()
            bare.wait(10)
            psutil.Process().cpu_affinity(list(range(os.cpu_count() or 1)))
            stop_live_system(live)


def _start_bare(port: int) -> "subprocess.Popen[bytes]":
    options = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "tests.load.bare:app", "--port", str(port), *options],
        cwd=REPOSITORY,
    )
    _pin(psutil.Process(process.pid), SERVER_CORE)
    for _ in range(200):
        with suppress(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{port}/bytes/2")
            return process
        time.sleep(0.1)
    process.kill()
    raise RuntimeError("the bare route did not start")


def _pin(process: psutil.Process, core: int) -> None:
    """On a machine with one core there is nothing to choose."""
    if (os.cpu_count() or 1) > 1:
        process.cpu_affinity([core])
