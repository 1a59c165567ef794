"""Writes locks/dev.txt and locks/engines.txt anew from the groups of pyproject.toml, keeping pins that still fit.

Delete a lock first to take the newest releases. Standard library and uv alone.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UV = ROOT / ".tools" / "bin" / "uv"


def write_lock(group: str, *options: str) -> None:
    command = [
        str(UV), "pip", "compile", "pyproject.toml", "--group", group, "--quiet", *options,
        "--universal", "--python-version", "3.11", "--python", os.path.realpath(sys.executable),
        "--generate-hashes", "--no-emit-index-url", "--no-header",
        "--output-file", f"locks/{group}.txt",
    ]  # fmt: skip
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"})


if __name__ == "__main__":
    write_lock("dev")
    write_lock("engines", "--prerelease=allow")  # the Mongo-compatible server is in beta
