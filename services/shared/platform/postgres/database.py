"""PostgreSQL over asyncpg: one transaction per unit of work, opened with the caller's clinic or person.

Row-level security stands behind the policy: every table's policies read `app.clinic` and `app.person`, set here
for the one transaction. Read and write sessions are different types, so that a query cannot change anything
but add its audit row.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any, Generic, TypeVar
from uuid import UUID

import asyncpg
import orjson

from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.errors import UNAVAILABLE, ErrorKind
from services.shared.kernel.principal import Principal
from services.shared.platform.spans.sql import observe_statements

Row = Mapping[str, Any]
Rows = Sequence[Row]
Session = TypeVar("Session")
_FREE_WITHIN_S = 10
_GONE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows this transaction may see: one clinic's (staff, messages) or one person's (patients)."""

    clinic_id: UUID | None = None
    person_id: UUID | None = None

    @classmethod
    def of(cls, caller: Principal) -> "Scope":
        if caller.clinic_id is not None:
            return cls(clinic_id=caller.clinic_id)
        return cls(person_id=caller.account_id)

    def begin(self) -> str:
        """One round trip for the transaction and its scope; UUIDs only, so nothing needs quoting."""
        clinic, person = (
            str(UUID(str(value))) if value else "" for value in (self.clinic_id, self.person_id)
        )
        return f"BEGIN; SET LOCAL app.clinic = '{clinic}'; SET LOCAL app.person = '{person}'"

    @staticmethod
    def set_by(select: str, clinic: str, person: str) -> str:
        """Return `select` as a statement that first sets its scope from the two parameter marks.

        `select` must refer to `scope.clinic` and end in LIMIT: then PostgreSQL can neither flatten it nor run it
        before the scope is set. The setting ends with the statement's own transaction.
        """
        return f"""SELECT scoped.* FROM (SELECT set_config('app.clinic', {clinic}, true) AS clinic,
            set_config('app.person', {person}, true) AS person) AS scope CROSS JOIN LATERAL ({select}) AS scoped"""  # noqa: S608 - marks

    def settings(self) -> tuple[str, str]:
        """Return the values for `set_by`."""
        return str(self.clinic_id or ""), str(self.person_id or "")


class NothingCommitted(Exception):
    """A statement had failed and the failure was swallowed: PostgreSQL answers COMMIT by undoing everything."""


class ReadSession:
    """Runs queries in an open transaction. The only thing it can write is an audit row."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def rows(self, sql: str, *args: Any) -> Sequence[Row]:
        rows: Sequence[Row] = await self._connection.fetch(sql, *args)
        return rows

    async def row(self, sql: str, *args: Any) -> Row | None:
        row: Row | None = await self._connection.fetchrow(sql, *args)
        return row

    async def value(self, sql: str, *args: Any) -> Any:
        return await self._connection.fetchval(sql, *args)

    async def audit(self, entry: AuditEntry) -> None:
        """Write the audit row of this request; when it fails, the request fails."""
        await self._insert("audit", [audit_row(entry)])

    async def _insert(self, table: str, rows: Rows, on_conflict: str = "") -> None:
        columns = tuple(rows[0])
        values = [row[name] for row in rows for name in columns]
        await self._connection.execute(_insertion(table, columns, len(rows), on_conflict), *values)


class WriteSession(ReadSession):
    """Also changes rows."""

    async def execute(self, sql: str, *args: Any) -> str:
        """Run one statement and return PostgreSQL's command tag, e.g. `UPDATE 1`."""
        tag: str = await self._connection.execute(sql, *args)
        return tag

    async def insert(self, table: str, rows: Rows, on_conflict: str = "") -> None:
        """Insert rows of the same columns in one statement. Names are the code's own, never a caller's."""
        if rows:
            await self._insert(table, rows, on_conflict)


@cache
def _insertion(table: str, columns: tuple[str, ...], rows: int, on_conflict: str) -> str:
    width = len(columns)
    values = ", ".join(f"({marks(row * width, width)})" for row in range(rows))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values} {on_conflict}"  # noqa: S608 - own names


def marks(after: int, count: int) -> str:
    """Return `count` parameter marks, the first one after `after` others."""
    return ", ".join(f"${after + n + 1}" for n in range(count))


def audit_row(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": entry.at,
        "clinic_id": entry.clinic_id,
        "actor_id": entry.actor_id,
        "actor_roles": list(entry.actor_roles),
        "action": entry.action,
        "patient_id": entry.patient_id,
        "resource": entry.resource,
        "purpose": entry.purpose,
        "address": entry.address,
        "trace_id": entry.trace_id,
    }


class Database:
    """A pool of connections for one role. `constraints` maps a constraint's name to the error a person sees."""

    def __init__(self, pool: Any, constraints: Mapping[str, ErrorKind] | None = None) -> None:
        self.pool = pool
        self._constraints = dict(constraints or {})

    @asynccontextmanager
    async def read(self, scope: Scope) -> AsyncIterator[ReadSession]:
        async with self._transaction(scope) as connection:
            yield ReadSession(connection)

    @asynccontextmanager
    async def write(self, scope: Scope) -> AsyncIterator[WriteSession]:
        """Commit when the block ends well; any exception rolls everything back.

        Raises the business error of a violated constraint, or `unavailable` when the database is away.
        """
        async with self._transaction(scope) as connection:
            yield WriteSession(connection)

    def statements(self) -> "Lease[ReadSession]":
        """Open no transaction: each statement is one of its own, and sees rows only when it sets its own scope.

        A third of the round trips of `read`, for hot reads of one statement (see `Scope.set_by`).
        """
        return self.lend(ReadSession)

    def lend(self, session: Callable[[Any], Session]) -> "Lease[Session]":
        """Lend a connection to what `session` makes of it, in no transaction."""
        return Lease(self, session)

    async def ping(self) -> None:
        """Raise when the database does not answer."""
        async with self.pool.acquire(timeout=2) as connection:
            await connection.fetchval("SELECT 1", timeout=2)

    async def close(self) -> None:
        await self.pool.close()

    @asynccontextmanager
    async def _transaction(self, scope: Scope) -> AsyncIterator[Any]:
        async with self._connection() as connection:
            await connection.execute(scope.begin())
            try:
                yield connection
            except BaseException:
                with contextlib.suppress(
                    asyncpg.InterfaceError, *_GONE
                ):  # a lost connection rolls back itself
                    await connection.execute("ROLLBACK")
                raise
            if await connection.execute("COMMIT") != "COMMIT":
                raise NothingCommitted

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        try:
            connection = await self.acquire()
            try:
                yield connection
            finally:
                await self.pool.release(connection)
        except Exception as error:
            self.explain(error)
            raise

    async def acquire(self) -> Any:
        if self.pool.get_idle_size():  # one is free: there is nothing to wait for
            return await self.pool.acquire()
        async with asyncio.timeout(_FREE_WITHIN_S):  # the pool's own timeout costs a task
            return await self.pool.acquire()

    def explain(self, error: BaseException | None) -> None:
        """Raise what a person is told of a violated constraint or of a database that is away; else nothing."""
        if isinstance(error, asyncpg.IntegrityConstraintViolationError):
            kind = self._constraints.get(error.constraint_name or "")
            if kind is not None:
                raise kind.error() from None
        if isinstance(error, _GONE):
            raise UNAVAILABLE.error() from error


class Lease(Generic[Session]):
    """A context manager written out: generators would cost the hot reads a tenth of their time."""

    def __init__(self, database: Database, session: Callable[[Any], Session]) -> None:
        self._database = database
        self._session = session

    async def __aenter__(self) -> Session:
        try:
            self._connection = await self._database.acquire()
        except Exception as error:
            self._database.explain(error)
            raise
        return self._session(self._connection)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._database.pool.release(self._connection)
        self._database.explain(error)


async def _prepare(connection: Any) -> None:
    observe_statements(connection)
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name,
            schema="pg_catalog",
            encoder=lambda value: orjson.dumps(value, default=str).decode(),
            decoder=orjson.loads,
        )


async def _nothing(_: Any) -> None:
    """Settings are LOCAL to each transaction, so a returned connection needs no reset round trip."""


async def connect_database(
    url: str,
    *,
    size: int = 10,
    constraints: Mapping[str, ErrorKind] | None = None,
    planner: Mapping[str, str] | None = None,
    statement_timeout_s: float = 15,
) -> Database:
    """Open a pool. `url` may carry SQLAlchemy's `+asyncpg` suffix.

    `planner`: PostgreSQL's planner settings for all of its connections.
    """
    pool = await asyncpg.create_pool(
        url.replace("postgresql+asyncpg://", "postgresql://"),
        min_size=1,
        max_size=size,
        init=_prepare,
        reset=_nothing,
        command_timeout=statement_timeout_s,
        server_settings={"timezone": "UTC", "application_name": "laudo", **(planner or {})},
    )
    return Database(pool, constraints)
