"""The embedded servers of a running product, made to die, to stay away for a while, and to come back."""

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.support.live import LiveSystem

NAMES = ("postgres", "mongo", "valkey", "aws")
# PostgreSQL's fast shutdown is SIGINT; the others end themselves on SIGTERM.
_POLITE = {"postgres": signal.SIGINT}
_BACK_WITHIN_S = 120.0
_LOOK_EVERY_S = 0.1


@dataclass(frozen=True)
class Engine:
    system: LiveSystem
    folder: Path  # of the fault orders (LAUDO_KILL_FOLDER)
    name: str

    @property
    def port(self) -> int:
        return int(json.loads((self.system.home / "ports.json").read_text())[self.name])

    def kill(self) -> None:
        """As a crash; return when it is there again."""
        self._end(signal.SIGKILL)
        self._wait_until_back()

    def restart(self) -> None:
        """As an administrator would; return when it is there again."""
        self._end(_POLITE.get(self.name, signal.SIGTERM))
        self._wait_until_back()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Refuse every connection meanwhile; return when it is there again."""
        hold = self.folder / f"{self.name}.down"
        hold.touch()
        try:
            self._end(_POLITE.get(self.name, signal.SIGTERM))
            yield
        finally:
            hold.unlink()
        self._wait_until_back()

    def _end(self, how: signal.Signals) -> None:
        process = psutil.Process(self.system.pid(self.name))
        os.kill(process.pid, how)
        try:
            process.wait(_BACK_WITHIN_S)
        except psutil.NoSuchProcess:
            return

    def _wait_until_back(self) -> None:
        deadline = time.monotonic() + _BACK_WITHIN_S
        while not self._listens():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.name} did not come back within {_BACK_WITHIN_S:.0f} s")
            time.sleep(_LOOK_EVERY_S)

    def _listens(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True
        except OSError:
            return False
