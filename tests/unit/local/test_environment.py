"""Setting up a checkout: what is missing is said in one sentence with what to type."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A bare copy of what the set-up reads, so that nothing of ours is touched."""
    root = tmp_path / "checkout"
    (root / "infra" / "local").mkdir(parents=True)
    shutil.copy(REPOSITORY / "infra" / "local" / "environment.py", root / "infra" / "local")
    shutil.copytree(REPOSITORY / "locks", root / "locks")
    shutil.copy(REPOSITORY / "pyproject.toml", root)
    return root


def _set_up(checkout: Path, programs: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run it where only the given programs (shell scripts) can be found."""
    folder = checkout.parent / "bin"
    folder.mkdir()
    for name, script in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    (folder / "env").symlink_to("/usr/bin/env")
    return subprocess.run(
        [sys.executable, str(checkout / "infra" / "local" / "environment.py")],
        env={"PATH": str(folder), "HOME": str(checkout.parent)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_missing_libraries_are_named_with_the_line_to_type(checkout: Path) -> None:
    absent = 'case "$*" in *libpango-1.0-0*) echo -n unknown;; *) echo -n installed;; esac'
    done = _set_up(checkout, {"dpkg-query": absent, "apt-get": "exit 100", "sudo": "exit 1"})
    assert done.returncode == 1
    assert "sudo apt-get install -y --no-install-recommends libpango-1.0-0\n" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (checkout / ".venv").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root installs by itself")
def test_root_installs_what_is_missing_and_looks_for_newer_lists_when_that_fails(checkout: Path) -> None:
    log = checkout.parent / "apt.log"
    apt = f'echo "$@" >> {log}; [ "$1" = update ]'
    done = _set_up(checkout, {"dpkg-query": "echo -n unknown", "apt-get": apt})
    assert [line.split()[0] for line in log.read_text().splitlines()] == ["install", "update", "install"]
    assert done.returncode == 1
    assert "apt-get could not install what is missing" in done.stderr


def test_every_locked_package_is_pinned_by_hash() -> None:
    for lock in ("dev", "engines", "tools"):
        lines = (REPOSITORY / "locks" / f"{lock}.txt").read_text().splitlines()
        packages = [line for line in lines if line[:1].isalnum()]
        assert packages
        assert all("==" in line and line.endswith("\\") for line in packages)
