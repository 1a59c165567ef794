"""A span per SQL statement, from asyncpg's own query log; named by operation and table, never with its text."""

import re
import time
from functools import lru_cache
from typing import Any

from services.shared.platform.spans import recording
from services.shared.platform.tracing import child_of, current_trace_id, current_traceparent

_OPERATION = re.compile(
    r"\s*(?:WITH\b.*?\)\s*)?(SELECT|INSERT|UPDATE|DELETE|BEGIN|COMMIT|ROLLBACK|SET)\b", re.S
)
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE|JOIN)\s+([a-z_][a-z0-9_]*)")
_NO_TABLE = ("BEGIN", "COMMIT", "ROLLBACK", "SET")


def observe_statements(connection: Any) -> None:
    """Note every statement of this connection from now on, when spans are exported; else do nothing at all."""
    if recording.is_on():
        connection.add_query_logger(_noted)


def _noted(query: Any) -> None:
    """Called after a statement, in the context of whoever ran it. `query` is asyncpg's LoggedQuery."""
    if current_trace_id() is None:  # a relay's poll, a health check: nobody's trace
        return
    operation, table = named(query.query)
    ended = time.time_ns()
    above = current_traceparent()
    attributes: dict[str, recording.Value] = {
        "db.system.name": "postgresql",
        "db.operation.name": operation,
    }
    if table:
        attributes["db.collection.name"] = table
    recording.record(
        recording.Span(
            name=f"{operation} {table}".strip(),
            kind="client",
            traceparent=child_of(above),
            parent=above,
            started_ns=ended - int(query.elapsed * 1e9),
            ended_ns=ended,
            attributes=attributes,
            error=type(query.exception).__name__ if query.exception else None,
        )
    )


def named(sql: str) -> tuple[str, str]:
    """Return a statement's operation and first table, ("BEGIN", "") for a transaction's own words."""
    for word in _NO_TABLE:
        if sql.startswith(word):
            return word, ""  # may hold a clinic's id: kept out of the cache below
    return _named(sql)


@lru_cache(maxsize=1000)
def _named(sql: str) -> tuple[str, str]:
    operation, table = _OPERATION.match(sql), _TABLE.search(sql)
    return operation[1] if operation else "OTHER", table[1] if table else ""
