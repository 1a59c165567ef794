"""Spans, made from the traceparents that `platform/tracing.py` hands on anyway: that context is the one truth, and a
span is a note about a piece of it with its times. Off until `record_with` is called: then nothing is noted, and a hot
path pays for one look at a module's variable.

Names and attributes follow OpenTelemetry's semantic conventions. Only the attributes listed here leave the process:
ids, templates and bounded words, never a statement's text, a value, a name, a CPF or a contact.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from services.shared.platform.tracing import current_traceparent, trace

Kind = Literal["server", "client", "producer", "consumer", "internal"]
Value = str | int

_LISTED = """
    http.request.method http.route http.response.status_code server.address
    db.system.name db.operation.name db.collection.name
    rpc.system.name rpc.service rpc.method
    messaging.system messaging.operation.type messaging.operation.name messaging.destination.name
    messaging.message.id cloudevents.event_type
    laudo.outcome laudo.channel
    error.type
"""
ATTRIBUTES = frozenset(_LISTED.split())


@dataclass(frozen=True, slots=True)
class Span:
    """`traceparent` is the span's own, `parent` that of the span above it (None or invalid: it is the first)."""

    name: str
    kind: Kind
    traceparent: str
    parent: str | None
    started_ns: int
    ended_ns: int
    attributes: Mapping[str, Value]
    error: str | None = None  # the type of the failure, or a status; never its text


Recorder = Callable[[Span], None]
_recorder: Recorder | None = None


def record_with(recorder: Recorder | None) -> None:
    """Start handing spans to `recorder`; None stops it."""
    global _recorder  # noqa: PLW0603 - one exporter per process, looked at on every hot path
    _recorder = recorder


def is_on() -> bool:
    return _recorder is not None


def record(span: Span) -> None:
    if _recorder is not None:
        _recorder(span)


def only_listed(attributes: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in attributes.items() if name in ATTRIBUTES}


@contextmanager
def span(
    name: str, kind: Kind, *, incoming: str | None, attributes: Mapping[str, Value]
) -> Iterator[dict[str, Value]]:
    """Enter the trace of `incoming`, as `trace` does, and note the span when it ends.

    Yields the attributes, to be added to when more is known at the end.
    """
    with trace(incoming) as own:
        if _recorder is None:
            yield {}
            return
        said: dict[str, Value] = dict(attributes)
        started = time.time_ns()
        error: str | None = None
        try:
            yield said
        except BaseException as failure:
            error = type(failure).__name__
            raise
        finally:
            record(Span(name, kind, own, incoming, started, time.time_ns(), said, error))


@contextmanager
def child_span(name: str, kind: Kind, attributes: Mapping[str, Value]) -> Iterator[dict[str, Value]]:
    """Enter a span below the current one while spans are exported; else change nothing."""
    if _recorder is None:
        yield {}
        return
    with span(name, kind, incoming=current_traceparent(), attributes=attributes) as said:
        yield said
