"""The Mongo-compatible server. A process of its own, never imported: it is GPL-2."""

import socket
import struct
from pathlib import Path

from infra.local.engines.process import Command
from infra.local.engines.server import Server, engine_file

_OP_MSG = 2013
_OK = b"\x01ok\0" + struct.pack("<d", 1.0)


class MongoServer(Server):
    """One node on WiredTiger.

    The server acknowledges before it is durable unless the client asks for the journal, so the address it
    hands out always says `w=1&journal=true`; that is right for the production server too.
    """

    name = "mongo"

    def __init__(self, home: Path, port: int, *, log: Path | None = None) -> None:
        super().__init__(home, port, log)

    def url(self, database: str = "") -> str:
        return f"mongodb://127.0.0.1:{self.port}/{database}?directConnection=true&w=1&journal=true"

    def prepare(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        # An empty settings file named on the command line: otherwise it looks for one in HOME and /etc.
        (self.home / "server.toml").touch()

    def command(self) -> Command:
        return Command(
            argv=[
                str(engine_file("bin/python")),
                "-I",
                str(engine_file("bin/secantusd-py")),
                f"--config={self.home / 'server.toml'}",
                "--host=127.0.0.1",
                f"--port={self.port}",
                f"--storage-path={self.home / 'data'}",
                "--cache-size=128M",
                "--log-level=WARNING",
            ],
            env={"HOME": str(self.home)},
            cwd=self.home,
        )

    def answers(self) -> bool:
        """Send a `ping` command over a plain socket: the driver takes a third of a second to import."""
        command = b"\x10ping\0" + struct.pack("<i", 1) + b"\x02$db\0" + struct.pack("<i", 6) + b"admin\0"
        document = struct.pack("<i", len(command) + 5) + command + b"\0"
        body = struct.pack("<I", 0) + b"\0" + document
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                connection.sendall(struct.pack("<iiii", 16 + len(body), 1, 0, _OP_MSG) + body)
                return _OK in connection.recv(4096)
        except OSError:
            return False
