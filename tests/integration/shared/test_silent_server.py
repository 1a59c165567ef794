"""A PostgreSQL that takes what it is sent and answers nothing: every wait for it ends, and the next one is served."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from services.shared.platform.postgres.database import Database, Scope, connect_database
from services.shared.platform.postgres.outbox import PostgresOutbox
from tests.integration.shared.conftest import Platform

STATEMENT_TIMEOUT_S = 2.0
ENDS_WITHIN_S = 30  # far over all that is waited for; without an end it would be for ever
pytestmark = pytest.mark.timeout(120)


class Line:
    """A proxy to the real server that can be made to swallow everything, as a partition of the network does."""

    def __init__(self) -> None:
        self.silent = False
        self._pumps: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def to(self, url: str) -> AsyncIterator[str]:
        parts = urlsplit(url)

        async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            server_reader, server_writer = await asyncio.open_connection(parts.hostname, parts.port)
            for pump in (self._pump(reader, server_writer), self._pump(server_reader, writer)):
                task = asyncio.create_task(pump)
                self._pumps.add(task)

        server = await asyncio.start_server(connect, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        login = parts.netloc.rpartition("@")[0]
        try:
            yield urlunsplit((parts.scheme, f"{login}@127.0.0.1:{port}", parts.path, "", ""))
        finally:
            for task in self._pumps:
                task.cancel()
            server.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                if not self.silent:
                    writer.write(data)
                    await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()


@pytest.fixture
async def line() -> Line:
    return Line()


@asynccontextmanager
async def database_over(line: Line, url: str) -> AsyncIterator[Database]:
    async with line.to(url) as through:
        database = await connect_database(through, size=1, statement_timeout_s=STATEMENT_TIMEOUT_S)
        try:
            yield database
        finally:
            database.pool.terminate()


async def in_a_transaction(database: Database) -> None:
    async with database.write(Scope(clinic_id=new_id())) as session:
        await session.value("SELECT 1")


async def in_a_statement(database: Database) -> None:
    async with database.statements() as session:
        await session.value("SELECT 1")


@pytest.mark.parametrize("work", [in_a_transaction, in_a_statement])
async def test_work_ends_as_unavailable_and_a_new_connection_serves_the_next(
    platform: Platform, line: Line, work: Callable[[Database], Awaitable[None]]
) -> None:
    async with database_over(line, platform.relay_url) as database:
        await work(database)
        line.silent = True
        with pytest.raises(LaudoError) as refusal:
            await asyncio.wait_for(work(database), ENDS_WITHIN_S)
        assert refusal.value.kind.code == "unavailable"
        line.silent = False
        await work(database)


async def test_a_relay_is_not_held_by_a_silent_server(platform: Platform, line: Line) -> None:
    async with database_over(line, platform.relay_url) as database:
        relay = PostgresOutbox(database.pool)

        async def nothing(_: object) -> frozenset[object]:
            return frozenset()

        assert await relay.relay_batch(nothing, 10) == 0  # type: ignore[arg-type]
        line.silent = True
        with pytest.raises((TimeoutError, asyncpg.InterfaceError)):
            await asyncio.wait_for(relay.relay_batch(nothing, 10), ENDS_WITHIN_S)  # type: ignore[arg-type]
        line.silent = False
        assert await relay.relay_batch(nothing, 10) == 0  # type: ignore[arg-type]
