"""Starts every process as soon as what it stands on is ready: two cores are the limit, so none may wait idly."""

import time
from collections.abc import Callable
from concurrent.futures import Future

from infra.gateway.routes import PORTAL, PREFIXES
from infra.local.engines.process import Child, Command, wait_until
from infra.local.engines.server import Server
from infra.local.provision.aws import provision_aws
from infra.local.provision.mongo_users import provision_mongo
from infra.local.runner.children import (
    GATEWAY,
    Surroundings,
    api_command,
    gateway_command,
    portal_command,
    worker_command,
    worker_name,
)
from infra.local.runner.data_folder import DataFolder
from infra.local.runner.engines import provision_databases
from infra.local.runner.main_thread import MainThread
from infra.local.runner.preparation import Preparation
from infra.local.runner.readiness import answers_ok, says
from infra.local.runner.supervisor import Supervised, Supervisor

_READY_WITHIN_S = 120
_ENGINE, _WORKER, _API, _FRONT = range(4)  # ended from the last to the first
_PREFIX_OF = {service: prefix for prefix, service in PREFIXES.items()}

Say = Callable[[str, float], None]


class Opening:
    def __init__(
        self,
        around: Surroundings,
        folder: DataFolder,
        supervisor: Supervisor,
        main_thread: MainThread,
        say: Say,
    ) -> None:
        self._around = around
        self._folder = folder
        self._supervisor = supervisor
        self._main_thread = main_thread
        self._say = say
        self._preparation = Preparation(folder, around, main_thread, say)
        self._milestones: dict[str, Future[None]] = {
            name: Future() for name in ("postgres", "valkey", "mongo", "aws")
        }

    def open(self) -> None:
        """Return when everything answers; raise the first failure. From the main thread."""
        engines = self._around.engines
        jobs: list[Callable[[], None]] = [
            lambda: self._reach("aws", engines.aws, self._provision_aws),
            lambda: self._reach("mongo", engines.mongo, self._provision_mongo),
            lambda: self._reach("postgres", engines.postgres, self._provision_databases),
            lambda: self._reach("valkey", engines.valkey),
            # The one that imports most goes first.
            lambda: self._service("file-management", "aws", "valkey"),
            lambda: self._service("accounts", "postgres", "aws", "valkey"),
            lambda: self._service("exam-results", "postgres", "aws", "valkey"),
            lambda: self._service("notification", "mongo", "aws", "valkey"),
            self._portal,
            self._gateway,
        ]
        self._main_thread.run_all(jobs)

    # --- engines ----------------------------------------------------------------------------------------------

    def _reach(self, name: str, server: Server, then: Callable[[], None] = lambda: None) -> None:
        """Start the server, do what follows, and let those go on who wait for it (or tell them it failed)."""
        try:
            began = time.monotonic()
            server.prepare()
            self._launch(_ENGINE, Supervised(server.child, server.launch))
            server.wait_ready()
            self._say(f"{name} ready", time.monotonic() - began)
            then()
        except BaseException as error:
            self._milestones[name].set_exception(error)
            raise
        self._milestones[name].set_result(None)

    def _provision_databases(self) -> None:
        provision_databases(self._around.engines, self._around.secrets, self._around.topology)

    def _provision_mongo(self) -> None:
        provision_mongo(self._around.engines.mongo, self._around.topology, self._around.secrets)

    def _provision_aws(self) -> None:
        began = time.monotonic()
        provision_aws(self._around.engines.aws.url, self._around.topology, self._around.secrets)
        self._say("topics, queues, bucket, table, keys and users in place", time.monotonic() - began)

    # --- product ----------------------------------------------------------------------------------------------

    def _service(self, service: str, *needs: str) -> None:
        self._wait_for(*needs)
        self._preparation.prepare(service)
        began = time.monotonic()
        worker = self._member(worker_name(service), lambda: worker_command(self._around, service))
        started = says(self._folder.log(worker.child.name), "worker.started")
        api = self._member(f"{service}-api", lambda: api_command(self._around, service))
        answers = answers_ok(self._around.ports[service], f"{_PREFIX_OF[service]}/readyz")
        self._launch(_WORKER, worker)
        self._launch(_API, api)
        self._until(api, answers, began)
        self._until(worker, started, began)

    def _portal(self) -> None:
        self._wait_for("valkey")
        began = time.monotonic()
        portal = self._member(PORTAL, lambda: portal_command(self._around))
        self._launch(_FRONT, portal)
        self._until(portal, answers_ok(self._around.ports[PORTAL], "/readyz"), began)

    def _gateway(self) -> None:
        began = time.monotonic()
        gateway = self._member(GATEWAY, lambda: gateway_command(self._around))
        self._launch(_FRONT, gateway)
        # Through the gateway to the portal and back.
        self._until(gateway, answers_ok(self._around.public_port, "/readyz"), began)

    def _wait_for(self, *needs: str) -> None:
        for need in needs:
            self._milestones[need].result()

    def _member(self, name: str, command: Callable[[], Command]) -> Supervised:
        child = Child(name, self._folder.log(name))
        return Supervised(child, lambda: child.launch(command()))

    def _launch(self, rank: int, one: Supervised) -> None:
        def launch() -> None:
            self._supervisor.add(rank, one)
            one.launch()

        self._main_thread.do(launch)

    def _until(self, one: Supervised, ready: Callable[[], bool], began: float) -> None:
        wait_until(ready, one.child, _READY_WITHIN_S, pause=0.1)
        self._say(f"{one.child.name} ready", time.monotonic() - began)
