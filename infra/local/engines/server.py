"""What the four embedded servers have in common: prepare, launch, answer, stop."""

from abc import ABC, abstractmethod
from pathlib import Path

from infra.local.engines.process import Child, Command, wait_until

ENGINES = Path(__file__).resolve().parents[3] / ".engines"


def engine_file(pattern: str) -> Path:
    """Return the one file of the engines' environment that matches, or say how to get it."""
    found = sorted(ENGINES.glob(pattern))
    if not found:
        raise FileNotFoundError(f"{ENGINES / pattern} is missing. Run: make environment")
    return found[0]


class Server(ABC):
    """One embedded server with a data folder of its own, listening on 127.0.0.1 only."""

    name: str
    ready_timeout: float = 60

    def __init__(self, home: Path, port: int, log: Path | None = None) -> None:
        self.home = home
        self.port = port
        self.child = Child(self.name, log or home / f"{self.name}.log")

    @abstractmethod
    def prepare(self) -> None:
        """Make the data folder ready. May block and may run in any thread."""

    @abstractmethod
    def command(self) -> Command: ...

    @abstractmethod
    def answers(self) -> bool:
        """True when the server does real work for a real client."""

    def launch(self) -> None:
        """Start the process; from the main thread only (see `Child`)."""
        self.child.launch(self.command())

    def wait_ready(self) -> None:
        wait_until(self.answers, self.child, self.ready_timeout)

    def start(self) -> None:
        self.prepare()
        self.launch()
        self.wait_ready()

    def stop(self) -> None:
        self.child.stop()
