"""Migrations and demo data of each service: run when the service's code or the demo files changed."""

import hashlib
import importlib.util
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

from infra.local.engines.process import Child
from infra.local.runner.children import DEMO, ROOT, Surroundings, module_of, prepare_command
from infra.local.runner.data_folder import DataFolder
from infra.local.runner.main_thread import MainThread
from infra.local.runner.problems import CannotRun

_PATIENCE_S = 120


class Preparation:
    """Knows what was prepared before, beside the rows it speaks of: whoever removes the data removes that too."""

    def __init__(
        self,
        folder: DataFolder,
        around: Surroundings,
        main_thread: MainThread,
        say: Callable[[str, float], None],
    ) -> None:
        self._folder = folder
        self._around = around
        self._main_thread = main_thread
        self._say = say
        self._lock = threading.Lock()

    def prepare(self, service: str) -> None:
        """Run the service's migrations and seeder when it was not done with this very code and these files."""
        wanted = _fingerprint(service)
        if self._done().get(service) == wanted:
            return
        began = time.monotonic()
        modules = [name for part in ("migrate", "seed") if (name := _module(service, part))]
        if modules:
            self._run(service, modules)
            parts = " and ".join(name.rpartition(".")[2] for name in modules)
            self._say(f"{service} prepared ({parts})", time.monotonic() - began)
        with self._lock:
            self._stamps.write_text(json.dumps(self._done() | {service: wanted}))

    @property
    def _stamps(self) -> Path:
        return self._folder.path / "postgres" / "prepared.json"

    def _done(self) -> dict[str, str]:
        done: dict[str, str] = json.loads(self._stamps.read_text()) if self._stamps.exists() else {}
        return done

    def _run(self, service: str, modules: list[str]) -> None:
        log = self._folder.log(f"{service}-prepare")
        child = Child(f"{service} preparation", log)
        command = prepare_command(self._around, service, modules)
        self._main_thread.do(lambda: child.launch(command))
        deadline = time.monotonic() + _PATIENCE_S
        while child.running and time.monotonic() < deadline and not self._main_thread.closed:
            time.sleep(0.05)
        if child.running:
            child.kill()
        if child.exit_code != 0 and not self._main_thread.closed:
            raise CannotRun(f"preparing {service} failed; the end of {log}:\n{child.last_lines()}")


def _module(service: str, part: str) -> str | None:
    name = f"{module_of(service)}.bootstrap.{part}"
    return name if importlib.util.find_spec(name) else None


def _fingerprint(service: str) -> str:
    digest = hashlib.sha256()
    service_folder = ROOT / module_of(service).replace(".", "/")
    for place in (service_folder, ROOT / "services" / "shared", DEMO):
        for file in sorted(place.rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                digest.update(str(file.relative_to(ROOT)).encode() + Path(file).read_bytes())
    return digest.hexdigest()
