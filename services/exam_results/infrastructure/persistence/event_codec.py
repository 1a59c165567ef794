"""Domain events as rows of the stream and back; decimals travel as strings and keep their digits."""

from collections.abc import Mapping
from typing import Any, cast

from pydantic import TypeAdapter

from services.exam_results.domain.exam_events import EVENT_TYPES, ExamEvent, ExamFact

_IN_COLUMNS = frozenset({"exam_id", "event_id", "occurred_at", "actor_id"})
_ADAPTERS: Mapping[str, TypeAdapter[Any]] = {kind.__name__: TypeAdapter(kind) for kind in EVENT_TYPES}


def encode(event: ExamFact) -> tuple[str, dict[str, Any]]:
    """Return the event's type and what the stream's own columns do not hold."""
    name = type(event).__name__
    data: dict[str, Any] = _ADAPTERS[name].dump_python(event, mode="json")
    return name, {key: value for key, value in data.items() if key not in _IN_COLUMNS}


def decode(row: Mapping[str, Any]) -> ExamEvent:
    """Return the event of a row with `type`, `data` and the stream's columns."""
    content = {
        **row["data"],
        "exam_id": row["exam_id"],
        "event_id": row["event_id"],
        "occurred_at": row["at"],
        "actor_id": row["actor_id"],
    }
    return cast(ExamEvent, _ADAPTERS[row["type"]].validate_python(content))
