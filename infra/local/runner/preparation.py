"""Migrations and demo data of each service: run when the service's code or the demo files changed."""

import hashlib
import importlib.util
import json
import time
from collections.abc import Callable
from pathlib import Path

from infra.local.engines.process import Child
from infra.local.runner.children import DEMO, ROOT, SERVICES, Surroundings, module_of, prepare_command
from infra.local.runner.data_folder import DataFolder
from infra.local.runner.main_thread import MainThread
from infra.local.runner.problems import CannotRun


def prepare_services(
    folder: DataFolder, around: Surroundings, main_thread: MainThread, say: Callable[[str, float], None]
) -> None:
    # Beside the rows they speak of: whoever removes the data removes the memory of having made it.
    stamps = folder.path / "postgres" / "prepared.json"
    done: dict[str, str] = json.loads(stamps.read_text()) if stamps.exists() else {}
    wanted = {service: _fingerprint(service) for service in SERVICES}
    due = [service for service in SERVICES if done.get(service) != wanted[service]]

    def prepare(service: str) -> None:
        began = time.monotonic()
        modules = [name for part in ("migrate", "seed") if (name := _module(service, part))]
        if modules:
            _run(folder, around, main_thread, service, modules)
            parts = " and ".join(name.rpartition(".")[2] for name in modules)
            say(f"{service} prepared ({parts})", time.monotonic() - began)

    main_thread.run_all([lambda service=service: prepare(service) for service in due])  # type: ignore[misc]
    stamps.write_text(json.dumps(done | {service: wanted[service] for service in due}))


def _run(
    folder: DataFolder, around: Surroundings, main_thread: MainThread, service: str, modules: list[str]
) -> None:
    child = Child(f"{service} preparation", folder.log(f"{service}-prepare"))
    command = prepare_command(around, service, modules)
    main_thread.do(lambda: child.launch(command))
    child.wait(120)
    if child.exit_code != 0:
        raise CannotRun(
            f"preparing {service} failed; the end of {folder.log(f'{service}-prepare')}:\n{child.last_lines()}"
        )


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
