"""A product that runs: where its parts are, for the commands that reach into it from outside."""

import json
from pathlib import Path
from typing import Any

from infra.local.provision.secret_store import SecretStore
from infra.local.runner.children import Surroundings
from infra.local.runner.data_folder import DataFolder
from infra.local.runner.engines import build_engines


class NotRunning(Exception):
    """No product runs on this data folder; the text says what to do."""


def running_product(home: Path, topology: dict[str, Any], *, wanted: str) -> Surroundings:
    """Return where everything is; raise NotRunning, with `wanted` as the reason to start it."""
    if not (home / "children.json").exists():
        raise NotRunning(f"laudo: start the product first (`make run`): {wanted}. Data folder: {home}")
    folder, secrets = DataFolder(home), SecretStore(home / "secrets.json")
    ports: dict[str, int] = json.loads((home / "ports.json").read_text(encoding="utf-8"))
    engines = build_engines(folder, ports, secrets, topology, durable=True)
    return Surroundings(
        home=folder.path, public_port=0, ports=ports, log_level="WARNING", topology=topology,
        engines=engines, secrets=secrets,
    )  # fmt: skip
