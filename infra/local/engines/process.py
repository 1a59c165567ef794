"""Children that never outlive us: one supervised operating-system process each."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# Given to every child; nothing else of our own environment leaks into them (credentials, proxies, PYTHONPATH).
_INHERITED = ("PATH", "LANG", "TZ", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "XDG_CACHE_HOME")


@dataclass(frozen=True)
class Command:
    """How to start one child, and which signals end it."""

    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    before: Sequence[str] = ()  # wrapper commands, e.g. `unshare -U --`
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL  # what the kernel sends it when we die without a word


class Child:
    """A process with its output in a log file. Start it from the main thread only.

    The kernel delivers the orphan signal when the *thread* that forked ends, so a child forked from a
    short-lived worker thread would be killed while the program still runs.
    """

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._stop_signal = signal.SIGTERM

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self._process.poll() if self._process else None

    def launch(self, command: Command) -> None:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        env = {key: os.environ[key] for key in _INHERITED if key in os.environ}
        env.update(command.env)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command.before, *_dies_with_us(command.orphan_signal), *command.argv],
                env=env,
                cwd=command.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches us alone; we stop the children in order
            )
        self._stop_signal = command.stop_signal

    def ask_to_stop(self) -> None:
        if self._process is not None and self.running:
            self._process.send_signal(self._stop_signal)

    def wait(self, timeout: float) -> None:
        """Wait for the end; a child that ignores its signal is killed after `timeout` seconds."""
        if self._process is None:
            return
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def stop(self, timeout: float = 15) -> None:
        self.ask_to_stop()
        self.wait(timeout)

    def kill(self) -> None:
        """End it as a crash would (tests of recovery)."""
        if self._process is not None and self.running:
            self._process.kill()
            self._process.wait()

    def last_lines(self, count: int = 12) -> str:
        if not self._log.exists():
            return ""
        return "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])


class DidNotStart(RuntimeError):
    """A child ended or stayed silent while it should have become ready."""


def _dies_with_us(orphan_signal: signal.Signals) -> list[str]:
    """The signal is armed after the fork: a child whose parent died before that would wait for it for ever.

    So the child looks whose child it is once the signal is armed, and ends when that is no longer us.
    """
    setpriv = shutil.which("setpriv")
    if not setpriv:
        return []
    armed = [setpriv, "--pdeathsig", orphan_signal.name[3:], "--"]
    return [*armed, "sh", "-c", 'test "$PPID" = "$0" && exec "$@"', str(os.getpid())]


def wait_until(answers: Callable[[], bool], child: Child, timeout: float, pause: float = 0.05) -> None:
    """Poll a real check until it holds; raise DidNotStart with the child's last lines when it does not."""
    deadline = time.monotonic() + timeout
    while not answers():
        if not child.running:
            raise DidNotStart(f"{child.name} ended with code {child.exit_code}:\n{child.last_lines()}")
        if time.monotonic() > deadline:
            raise DidNotStart(f"{child.name} did not answer within {timeout:.0f} s:\n{child.last_lines()}")
        time.sleep(pause)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
