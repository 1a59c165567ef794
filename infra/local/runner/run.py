"""`laudo run`: everything up, watched, and down again."""

import signal
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console

from infra.gateway.routes import PORTAL
from infra.local.engines.process import DidNotStart, is_free
from infra.local.provision.secret_store import SecretStore
from infra.local.runner.children import SERVICES, Surroundings, worker_name
from infra.local.runner.data_folder import DataFolder
from infra.local.runner.engines import NAMES, build_engines
from infra.local.runner.main_thread import GivenUp, MainThread
from infra.local.runner.opening import Opening
from infra.local.runner.people import print_people
from infra.local.runner.problems import CannotRun, StopRequested
from infra.local.runner.supervisor import Supervisor

_SAME_REQUEST_S = 1.5


@dataclass(frozen=True)
class Wishes:
    """What the person asked for (`LAUDO_PORT`, `LAUDO_HOME`, `LAUDO_LOG_LEVEL`, `LAUDO_LIMIT_FACTOR`, `LAUDO_DURABLE`,
    `LAUDO_OTLP_ENDPOINT`, `LAUDO_OTHER_ISSUERS`), or a fault test (`LAUDO_KILL_FOLDER`)."""

    home: Path
    port: int
    log_level: str
    topology: dict[str, Any]
    limit_factor: int = 1
    durable: bool = True
    kill_folder: Path | None = None
    otlp_endpoint: str | None = None
    other_issuers: str | None = None


class Runner:
    def __init__(self, wishes: Wishes, console: Console) -> None:
        self._wishes = wishes
        self._console = console
        self._began = time.monotonic()
        self._folder = DataFolder(wishes.home)
        self._main_thread = MainThread()
        self._supervisor = Supervisor(self._note, self._folder.remember_children, self._held_down)

    def run(self) -> int:
        """Run until asked to stop; return the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _request_stop)
        try:
            self._start()
            while True:
                self._supervisor.watch_once()
                time.sleep(0.2)
        except StopRequested:
            return 0
        except (CannotRun, DidNotStart) as problem:
            self._console.print(f"laudo: {problem}", style="red", markup=False, highlight=False)
            return 1
        except GivenUp:
            return 1
        finally:
            self._stop()

    def _start(self) -> None:
        wishes = self._wishes
        self._folder.open()
        if not is_free(wishes.port):
            raise CannotRun(
                f"port {wishes.port} is taken by another program; stop it, or choose another: "
                f"LAUDO_PORT={wishes.port + 10} make run"
            )
        secrets = SecretStore(self._folder.path / "secrets.json")
        ports = self._folder.ports(
            [*NAMES, *SERVICES, *map(worker_name, SERVICES), PORTAL], taken=wishes.port
        )
        around = Surroundings(
            home=self._folder.path,
            public_port=wishes.port,
            ports=ports,
            log_level=wishes.log_level,
            topology=wishes.topology,
            engines=build_engines(self._folder, ports, secrets, wishes.topology, durable=wishes.durable),
            secrets=secrets,
            limit_factor=wishes.limit_factor,
            kill_folder=wishes.kill_folder,
            otlp_endpoint=wishes.otlp_endpoint,
            other_issuers=wishes.other_issuers,
        )
        Opening(around, self._folder, self._supervisor, self._main_thread, self._say).open()
        self._supervisor.report()
        self._announce(around)

    def _announce(self, around: Surroundings) -> None:
        print_people(self._console)
        self._console.print(
            f"E-mails and SMS: {around.public_url}/local/outbox   live numbers: {around.public_url}/local/numbers   "
            f"logs: {self._folder.path / 'logs'}",
            soft_wrap=True,
            highlight=False,
        )
        took = time.monotonic() - self._began
        self._console.print(
            f"Laudo is at {around.public_url} (ready in {took:.1f} s); Ctrl-C stops it", style="bold"
        )

    def _stop(self) -> None:
        began = time.monotonic()

        def hurry(number: int, frame: FrameType | None) -> None:
            # One stop may arrive twice (make passes SIGTERM on to a group that got it already).
            if time.monotonic() - began > _SAME_REQUEST_S:
                self._supervisor.kill()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, hurry)
        if self._supervisor.stop():
            self._say("stopped; the data stays in the data folder", time.monotonic() - began)

    def _held_down(self, name: str) -> bool:
        """A fault test keeps a dead child down by a file in its folder."""
        folder = self._wishes.kill_folder
        return folder is not None and (folder / f"{name}.down").exists()

    def _say(self, what: str, seconds: float) -> None:
        self._console.print(f"  {what:<56} {seconds:5.1f} s", markup=False, highlight=False)

    def _note(self, what: str) -> None:
        self._console.print(f"  {what}", markup=False, highlight=False, style="yellow")


def _request_stop(number: int, frame: FrameType | None) -> None:
    raise StopRequested
