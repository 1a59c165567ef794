"""This service's own processes, started as in production, with its neighbours played over HTTP."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis

from infra.local.engines.process import free_port
from infra.local.engines.valkey import ValkeyServer
from tests.integration.file_management.neighbours import ISSUER, Neighbours, serving

REPOSITORY = Path(__file__).resolve().parents[3]


@dataclass
class Service:
    url: str
    folder: Path
    environment: dict[str, str]
    neighbours: Neighbours
    worker: subprocess.Popen[bytes]

    def worker_log(self) -> list[dict[str, Any]]:
        text = (self.folder / "worker.log").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def restart_worker(self) -> None:
        self.worker = start("worker", self.environment, self.folder)
        wait_until(lambda: is_started(self.folder))


def start(name: str, environment: dict[str, str], folder: Path) -> "subprocess.Popen[bytes]":
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", f"services.file_management.bootstrap.{name}"],
            env={**os.environ, **environment},
            cwd=REPOSITORY,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def is_started(folder: Path) -> bool:
    return b"worker.started" in (folder / "worker.log").read_bytes()


def wait_until(true: Any, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture(scope="module")
def service(
    aws: Any,
    valkey_server: ValkeyServer,
    valkey_url_of: Callable[[str], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Service]:
    aws.purge()
    with redis.Redis.from_url(valkey_server.url()) as administrator:
        administrator.set("accounts:sessions:epoch", b"of the tests")
    folder, port = tmp_path_factory.mktemp("file_management"), free_port()
    with serving() as neighbours:
        environment = {
            **aws.environment("file-management"),
            "LAUDO_HTTP_PORT": str(port),
            "LAUDO_REDIS_URL": valkey_url_of("file-management"),
            "LAUDO_ISSUER": ISSUER,
            "LAUDO_JWKS_URL": f"{neighbours.url}/api/v1/accounts/.well-known/jwks.json",
            "LAUDO_TOKEN_URL": f"{neighbours.url}/api/v1/accounts/oauth/token",
            "LAUDO_CLIENT_ID": "file-management",
            "LAUDO_CLIENT_SECRET": "secret",
            "LAUDO_ACCOUNTS_URL": neighbours.url,
            "LAUDO_EXAMS_URL": neighbours.url,
            "LAUDO_SIGNING_FOLDER": str(folder / "signing"),
            "LAUDO_LOCAL_DEMO": "true",
            "LAUDO_KILL_FOLDER": str(folder),
        }
        api, worker = (start(name, environment, folder) for name in ("api", "worker"))
        url = f"http://127.0.0.1:{port}/api/v1/files"
        running = Service(url, folder, environment, neighbours, worker)
        wait_until(lambda: answers(f"{url}/readyz") and is_started(folder))
        yield running
        for process in (api, running.worker):
            process.send_signal(signal.SIGTERM)
        assert api.wait(15) in (0, -signal.SIGTERM)  # uvicorn ends by the signal it was sent
        assert running.worker.wait(15) == 0
