"""Writes locks/<service>.txt: what one service's image installs, in exactly the versions of locks/dev.txt.

Run after locks/dev.txt changed: `.venv/bin/python -m infra.docker.lock_services`. Standard library and uv alone.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UV = ROOT / ".tools" / "bin" / "uv"
SERVICES = ("accounts", "exam-results", "file-management", "notification", "portal")
_PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==([^ \\]+)(\s*;[^\\]*)?", re.MULTILINE)


def pinned_versions(lock: Path) -> dict[str, str]:
    """Return the version of every package that a lock names."""
    return {match[1]: match[2] for match in _PINNED.finditer(lock.read_text(encoding="utf-8"))}


def write_lock(service: str, constraints: Path) -> None:
    command = [
        str(UV), "pip", "compile", "pyproject.toml", "--group", service, "--quiet",
        "--universal", "--python-version", "3.11", "--python", os.path.realpath(sys.executable),
        "--generate-hashes", "--no-header", "--no-annotate",
        "--constraints", str(constraints), "--output-file", f"locks/{service}.txt",
    ]  # fmt: skip
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    subprocess.run(command, cwd=ROOT, check=True, env=environment)


def main() -> None:
    lines = [
        f"{match[1]}=={match[2]}{(match[3] or '').rstrip()}\n"
        for match in _PINNED.finditer((ROOT / "locks" / "dev.txt").read_text(encoding="utf-8"))
    ]
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder) / "versions.txt"
        constraints.write_text("".join(lines), encoding="utf-8")
        for service in SERVICES:
            (ROOT / "locks" / f"{service}.txt").unlink(missing_ok=True)  # old pins must not be preferred
            write_lock(service, constraints)


if __name__ == "__main__":
    main()
