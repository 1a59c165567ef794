"""What may be shown of a message that perhaps cannot be read: its context attributes, each by itself, never `data`.

CloudEvents 1.0.2 calls everything around `data` context attributes. One that has not exactly its own form is left
out, so that nothing a broken sender wrote there (a name in `subject`, a value in `type`) is shown or logged.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from services.shared.contracts.catalogue import MESSAGES

_SOURCES = frozenset({"/accounts", "/exam-results", "/file-management", "/notification"})
_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(frozen=True, slots=True)
class ContextAttributes:
    event_id: UUID | None = None
    type: str | None = None
    source: str | None = None
    subject: UUID | None = None
    time: datetime | None = None
    clinic_id: UUID | None = None
    trace_id: str | None = None  # 32 hex digits


NOTHING_READABLE = ContextAttributes()


def context_attributes(body: str) -> ContextAttributes:
    """Return those attributes of a message body that can be read; never raises."""
    try:
        envelope: Any = orjson.loads(body)
    except ValueError:
        return NOTHING_READABLE
    if not isinstance(envelope, dict):
        return NOTHING_READABLE
    stated = {name: value for name, value in envelope.items() if isinstance(value, str)}
    trace = _TRACEPARENT.fullmatch(stated.get("traceparent", ""))
    return ContextAttributes(
        event_id=_uuid(stated.get("id")),
        type=stated["type"] if stated.get("type") in MESSAGES else None,
        source=stated["source"] if stated.get("source") in _SOURCES else None,
        subject=_uuid(stated.get("subject")),
        time=_moment(stated.get("time")),
        clinic_id=_uuid(stated.get("clinicid")),
        trace_id=trace[1] if trace else None,
    )


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None
