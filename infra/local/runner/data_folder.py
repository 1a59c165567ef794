"""`LAUDO_HOME`: everything the local installation keeps, and the lock that lets only one run use it."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import psutil

from infra.local.engines.process import free_port, is_free
from infra.local.runner.problems import CannotRun

_KEPT_LOG_BYTES = 20 * 1024**2
_NEEDED_BYTES = 500 * 1024**2
_ORPHANS_LEAVE_WITHIN_S = 15


class DataFolder:
    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._lock: IO[str] | None = None

    def open(self) -> None:
        """Take the folder for this process alone; raise CannotRun when another run has it or the disk is full."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = (self.path / "run.lock").open("a+")
        except OSError as error:
            raise CannotRun(
                f"the data folder {self.path} cannot be used ({error.strerror}); set LAUDO_HOME to another one"
            ) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.seek(0)
            owner = self._lock.read().strip() or "unknown"
            raise CannotRun(
                f"Laudo already runs on {self.path} (process {owner}); stop that one, or set LAUDO_HOME and "
                "LAUDO_PORT to run a second one"
            ) from None
        self._lock.truncate(0)
        self._lock.write(str(os.getpid()))
        self._lock.flush()
        if shutil.disk_usage(self.path).free < _NEEDED_BYTES:
            raise CannotRun(
                f"less than 500 MB are free for {self.path}; make room, or set LAUDO_HOME to another disk"
            )
        for name in ("home", "logs"):
            (self.path / name).mkdir(exist_ok=True)
        self._wait_for_orphans()

    def log(self, name: str) -> Path:
        """The log file of a child; grown past 20 MB it becomes `<name>.jsonl.1` at a start."""
        file = self.path / "logs" / f"{name}.jsonl"
        if file.exists() and file.stat().st_size > _KEPT_LOG_BYTES:
            file.replace(file.with_suffix(".jsonl.1"))
        return file

    def ports(self, names: Sequence[str], taken: int) -> dict[str, int]:
        """One free port for each name: that of last time when it is still free."""
        file = self.path / "ports.json"
        known: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
        ports: dict[str, int] = {}
        for name in names:
            port = known.get(name, 0)
            while not port or port == taken or port in ports.values() or not is_free(port):
                port = free_port()
            ports[name] = port
        file.write_text(json.dumps(ports, indent=1))
        return ports

    def remember_children(self, pids: dict[str, int]) -> None:
        """Leave word of who runs, for people, for fault tests, and for the next start."""
        (self.path / "children.json").write_text(json.dumps(pids, indent=1))

    def _wait_for_orphans(self) -> None:
        """After a kill -9 of the last run its children are still leaving: let them, then end those that stay."""
        file = self.path / "children.json"
        if not file.exists():
            return
        left = [pid for pid in json.loads(file.read_text()).values() if self._is_ours(pid)]
        deadline = time.monotonic() + _ORPHANS_LEAVE_WITHIN_S
        while left and time.monotonic() < deadline:
            time.sleep(0.1)
            left = [pid for pid in left if self._is_ours(pid)]
        for pid in left:
            psutil.Process(pid).kill()
        file.unlink()

    def _is_ours(self, pid: int) -> bool:
        """A process of that number that works in this folder (numbers are used again)."""
        try:
            process = psutil.Process(pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            return any(str(self.path) in part for part in process.cmdline()) or process.environ().get(
                "LAUDO_RUN"
            ) == str(self.path)
        except psutil.Error:
            return False
