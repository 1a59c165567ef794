"""W3C Trace Context in a context variable: one trace id follows an exam from the click to the sent message.

Source: https://www.w3.org/TR/trace-context/ (version 00).
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_TRACEPARENT = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$")
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def parsed(traceparent: str | None) -> tuple[str, str] | None:
    """Return (trace id, span id) in hex of a valid traceparent, None for anything else."""
    match = _TRACEPARENT.match(traceparent or "")
    valid = match and set(match[1]) != {"0"} and set(match[2]) != {"0"}
    return (match[1], match[2]) if match and valid else None


def child_of(incoming: str | None) -> str:
    """Return the traceparent of a new span below `incoming`, or of a new trace when that is not valid."""
    known = parsed(incoming)
    trace_id = known[0] if known else secrets.token_hex(16)
    return f"00-{trace_id}-{secrets.token_hex(8)}-01"


@contextmanager
def trace(incoming: str | None = None) -> Iterator[str]:
    """Enter a span: a child of `incoming` when that is a valid traceparent, else the start of a new trace."""
    token = _current.set(child_of(incoming))
    try:
        yield current_traceparent()
    finally:
        _current.reset(token)


def current_traceparent() -> str:
    """Return the traceparent to hand on; starts a trace where there is none."""
    value = _current.get()
    if value is None:
        value = child_of(None)
        _current.set(value)
    return value


def current_trace_id() -> str | None:
    value = _current.get()
    return value.split("-")[1] if value else None
