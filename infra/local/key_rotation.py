"""`laudo keys rotate`: accounts rotates its own keys, in a process of its own, as it would in its pod."""

import json
import subprocess
from pathlib import Path
from typing import Any

from rich.console import Console

from infra.local.runner.children import rotate_keys_command
from infra.local.running_product import NotRunning, running_product


def rotate_keys(home: Path, topology: dict[str, Any], console: Console, *, compromised: bool) -> int:
    """Return 0 when it was done."""
    try:
        around = running_product(home, topology, wanted="the keys are in its database")
    except NotRunning as missing:
        console.print(str(missing), style="red", markup=False)
        return 2
    command = rotate_keys_command(around, compromised=compromised)
    done = subprocess.run(
        command.argv, env=dict(command.env), cwd=command.cwd, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        console.print(done.stderr[-2000:], style="red", markup=False)
        return 1
    told = json.loads(done.stdout.splitlines()[-1])
    if told["new_from"] is None:
        console.print("A next key is announced already; it signs when its time has come.")
    else:
        console.print(f"The next key is published; it signs from {told['new_from']}.")
    if told["retired"]:
        console.print(f"Withdrawn: {', '.join(told['retired'])}.")
    return 0
