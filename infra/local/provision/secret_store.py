"""Passwords and keys of the local installation: random, in one file that only its owner may read."""

import json
import os
import secrets
import threading
from pathlib import Path
from typing import Any


class SecretStore:
    """`secrets.json` in the data folder, mode 0600, written whole or not at all; safe to use from threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._values: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}

    def password(self, name: str) -> str:
        """Return the secret of this name; the first call makes it."""
        with self._lock:
            if name not in self._values:
                self.put(name, secrets.token_urlsafe(24))
            return str(self._values[name])

    def get(self, name: str) -> Any:
        return self._values.get(name)

    def put(self, name: str, value: Any) -> None:
        with self._lock:
            self._values[name] = value
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh = self._path.with_suffix(".new")
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                json.dump(self._values, file, indent=1)
            fresh.replace(self._path)
