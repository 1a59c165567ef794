"""What a check says: passed, failed with the reason, or skipped with the reason. Skipped is never passed."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_SHOWN_LINES = 30


class Failed(Exception):
    """The check ran and found something; the text shows what."""


class Skipped(Exception):
    """The check could not run here; the text says what is missing."""


def run(command: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Run a tool; a tool that ends with an error fails the check with its last lines."""
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = (done.stdout + done.stderr).strip().splitlines()
        raise Failed("\n".join(lines[-_SHOWN_LINES:]) or f"{command[0]} ended with {done.returncode}")
    return done.stdout
