"""The Mongo-compatible server. A process of its own, never imported: it is GPL-2."""

import socket
import struct
from pathlib import Path
from urllib.parse import quote

from infra.local.engines.process import Child, Command, wait_until
from infra.local.engines.server import Server, engine_file

ADMIN = "laudo_admin"
_OP_MSG = 2013
_OK = b"\x01ok\0" + struct.pack("<d", 1.0)


class MongoServer(Server):
    """One node on WiredTiger that asks everybody who they are (SCRAM-SHA-256) and holds them to their roles.

    The server acknowledges before it is durable unless the client asks for the journal, so the address it
    hands out always says `w=1&journal=true`; that is right for the production server too.
    """

    name = "mongo"

    def __init__(self, home: Path, port: int, password: str, *, log: Path | None = None) -> None:
        super().__init__(home, port, log)
        self._password = password
        self._guarded = home / "guarded"  # there is an administrator, so nobody need be let in without a name

    @property
    def admin_url(self) -> str:
        """For provisioning and tests; no service is told it."""
        return self.url(ADMIN, self._password, "admin")

    def url(self, user: str, password: str, database: str) -> str:
        """Return the address for a user of `database`, which is also where the user is declared."""
        return (
            f"mongodb://{user}:{quote(password)}@127.0.0.1:{self.port}/{database}"
            f"?authSource={database}&directConnection=true&w=1&journal=true"
        )

    def prepare(self) -> None:
        """Make the administrator, the first time: the server knows no other way than one start without names."""
        self.home.mkdir(parents=True, exist_ok=True)
        # An empty settings file named on the command line: otherwise it looks for one in HOME and /etc.
        (self.home / "server.toml").touch()
        if self._guarded.exists():
            return
        child = Child("mongo, first start", self.home / "first-start.log")
        child.launch(self._command())  # ended below, in this very thread
        try:
            wait_until(self.answers, child, self.ready_timeout)
            self._make_administrator()
        finally:
            child.stop()
        self._guarded.touch()

    def _make_administrator(self) -> None:
        import pymongo  # a start that finds the administrator in place does without it

        with pymongo.MongoClient[dict[str, object]](
            f"mongodb://127.0.0.1:{self.port}/?directConnection=true&w=1&journal=true"
        ) as client:
            exists = client.admin.command("usersInfo", ADMIN)["users"]
            verb = "updateUser" if exists else "createUser"
            roles = [{"role": "root", "db": "admin"}]
            client.admin.command(verb, ADMIN, pwd=self._password, roles=roles)

    def command(self) -> Command:
        return self._command("--auth")

    def _command(self, *more: str) -> Command:
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
                *more,
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
