"""The Mongo-compatible server. A process of its own, never imported: it is GPL-2."""

from pathlib import Path
from typing import Any

import pymongo
from pymongo.errors import PyMongoError

from infra.local.engines.process import Command
from infra.local.engines.server import Server, engine_file


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
        client: pymongo.MongoClient[Any] = pymongo.MongoClient(
            self.url(), serverSelectionTimeoutMS=250, connectTimeoutMS=2000, socketTimeoutMS=2000
        )
        try:
            client.admin.command("ping")
            return True
        except PyMongoError:
            return False
        finally:
            client.close()
