"""Images: the recipe is linted, and each service's processes start from its own packages and code alone."""

import os
import shutil
from pathlib import Path

from infra.checks.environment import ROOT, environment_of, tool, work_folder
from infra.checks.outcome import Failed, run
from infra.docker.lock_services import SERVICES

_IMPORT = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]"


def recipe_is_clean() -> None:
    run([tool("hadolint"), "infra/docker/Dockerfile"], cwd=ROOT)


def processes_start_from_their_own_packages() -> None:
    """As in the image: only this service's code and lock. The import may not ask for any setting."""
    failures = []
    untold = {name: value for name, value in os.environ.items() if not name.startswith(("LAUDO_", "PYTHON"))}
    for service in SERVICES:
        python = environment_of(service, ROOT / "locks" / f"{service}.txt") / "bin" / "python"
        code = _code_of(service)
        modules = [
            f"services.{code.name}.bootstrap.{file.stem}"
            for file in sorted((code / "bootstrap").glob("*.py"))
            if file.stem in {"api", "worker", "migrate", "seed"}
        ]
        try:
            run([str(python), "-c", _IMPORT, *modules], cwd=code.parents[1], env=untold)
        except Failed as failed:
            failures.append(f"{service}: {failed}")
    if failures:
        raise Failed("\n".join(failures))


def _code_of(service: str) -> Path:
    """Copy what the Dockerfile copies; return the service's own package."""
    package = service.replace("-", "_")
    app = work_folder(f"image-{service}")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copy(ROOT / "topology.json", app)
    for part in ("shared", package):
        shutil.copytree(ROOT / "services" / part, app / "services" / part, ignore=ignored)
    shutil.copy(ROOT / "services" / "__init__.py", app / "services")
    return app / "services" / package
