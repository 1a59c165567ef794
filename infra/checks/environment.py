"""Environments of their own for the checks: never the one that the product is developed in. All under `.checks`."""

import hashlib
import os
import shutil
import sys
from pathlib import Path

from infra.checks.outcome import Failed, Skipped, run

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / ".checks"
_UV = ROOT / ".tools" / "bin" / "uv"


def work_folder(name: str) -> Path:
    """Return an empty folder; git does not see it."""
    folder = WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (WORK / ".gitignore").write_text("*\n")
    return folder


def environment_of(name: str, lock: Path) -> Path:
    """Return the folder of an environment that holds exactly what `lock` names; kept until the lock changes."""
    folder = WORK / "environments" / name
    stamp = folder / "laudo.stamp"
    wanted = hashlib.sha256(f"{sys.version} {folder}".encode() + lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    WORK.mkdir(exist_ok=True)
    (WORK / ".gitignore").write_text("*\n")
    try:
        _install(folder, lock)
    except Failed as failed:
        shutil.rmtree(folder, ignore_errors=True)
        raise Skipped(f"{lock.name} could not be installed here: {failed}") from failed
    stamp.write_text(wanted)
    return folder


def tool(name: str) -> str:
    """Return the path of a checking tool, installed from locks/checks.txt."""
    return str(environment_of("tools", ROOT / "locks" / "checks.txt") / "bin" / name)


def _install(folder: Path, lock: Path) -> None:
    python = os.path.realpath(sys.executable)
    options = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(lock)]
    if _UV.exists():
        env = {name: value for name, value in os.environ.items() if name not in ("UV_PYTHON", "VIRTUAL_ENV")}
        env["UV_PYTHON_DOWNLOADS"] = "never"
        run([str(_UV), "venv", "-q", "--python", python, str(folder)], cwd=ROOT, env=env)
        target = ["--python", str(folder / "bin" / "python")]
        run([str(_UV), "pip", "install", "-q", *target, *options], cwd=ROOT, env=env)
    else:
        run([python, "-m", "venv", str(folder)], cwd=ROOT)
        run([str(folder / "bin" / "python"), "-m", "pip", "install", "-q", *options], cwd=ROOT)
