"""The inserts of one unit of work as one statement: one round trip, and a transaction that PostgreSQL opens itself.

For hot commands that read first, decide, and then only insert (or upsert by key): between the two nothing is held.
What must not have changed meanwhile is guarded by a constraint.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from services.shared.platform.postgres.database import Rows, Scope, WriteSession, marks

_Part = tuple[str, tuple[str, ...], str]
_SCOPE_MARKS = 3


class Together(WriteSession):
    """A session whose inserts wait for `send`; what was not sent is forgotten. Reads run at once, each setting its own
    scope (`Scope.set_by`). Lent by `Database.lend`.
    """

    def __init__(self, connection: Any, scope: Scope) -> None:
        super().__init__(connection)
        self.scope = scope
        self._parts: list[_Part] = []
        self._values: list[Any] = []

    async def _insert(self, table: str, rows: Rows, on_conflict: str = "") -> None:
        for row in rows:
            self._parts.append((table, tuple(row), on_conflict))
            self._values += row.values()

    async def send(self, lock: str) -> bool:
        """Insert everything, or nothing when somebody else holds `lock` at this moment: then return False."""
        free: bool = await self.value(
            _statement(tuple(self._parts)), *self.scope.settings(), lock, *self._values
        )
        return free


@cache
def _statement(parts: Sequence[_Part]) -> str:
    """Every insert takes its row through `scope`, so none runs before the scope is set and the lock was tried."""
    inserts, at = [], _SCOPE_MARKS
    for number, (table, columns, on_conflict) in enumerate(parts):
        inserts.append(
            f"part{number} AS (INSERT INTO {table} ({', '.join(columns)}) "  # noqa: S608 - the code's own names
            f"SELECT {marks(at, len(columns))} FROM scope WHERE scope.free {on_conflict})"
        )
        at += len(columns)
    return f"""WITH scope AS MATERIALIZED (
        SELECT set_config('app.clinic', $1, true), set_config('app.person', $2, true),
            pg_try_advisory_xact_lock(hashtextextended($3, 0)) AS free),
        {", ".join(inserts)} SELECT free FROM scope"""  # noqa: S608
