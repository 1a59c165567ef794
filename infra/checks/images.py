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
    """As in the image: only this service's code and lock. No import may ask for any setting.

    Every module is imported, bootstrap first: some of a process's modules are only imported when it runs.
    """
    failures = []
    untold = {name: value for name, value in os.environ.items() if not name.startswith(("LAUDO_", "PYTHON"))}
    for service in SERVICES:
        python = environment_of(service, ROOT / "locks" / f"{service}.txt") / "bin" / "python"
        code = _code_of(service)
        modules = [_name(file, code.parents[1]) for file in _modules(code)]
        try:
            run([str(python), "-c", _IMPORT, *modules], cwd=code.parents[1], env=untold)
        except Failed as failed:
            failures.append(f"{service}: {failed}")
    if failures:
        raise Failed("\n".join(failures))


def _modules(code: Path) -> list[Path]:
    """Migrations are left out: Alembic runs them, they are not imported."""
    files = [file for file in sorted(code.rglob("*.py")) if "migrations" not in file.parts]
    return sorted(files, key=lambda file: "bootstrap" not in file.parts)


def _name(file: Path, app: Path) -> str:
    return ".".join(file.relative_to(app).with_suffix("").parts).removesuffix(".__init__")


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
