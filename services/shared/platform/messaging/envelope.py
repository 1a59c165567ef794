"""The CloudEvents 1.0 JSON envelope every event and command travels in, validated on both sides.

Source: https://github.com/cloudevents/spec (1.0.2); `clinicid` and `traceparent` are extension attributes.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from services.shared.contracts.catalogue import MESSAGES, dataschema
from services.shared.kernel.ids import new_id
from services.shared.platform.tracing import current_traceparent


class MalformedMessage(Exception):
    """The body is no envelope, its type is unknown, or its data does not match the schema.

    The text names the type and the failing fields, never their content.
    """


class ForeignMessage(MalformedMessage):
    """The message is well formed, and its type is none that this queue's consumer takes."""


class _Envelope(BaseModel):
    model_config = ConfigDict(extra="forbid")

    specversion: str
    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    dataschema: str
    datacontenttype: str
    traceparent: str
    clinicid: UUID
    data: dict[str, Any]


@dataclass(frozen=True)
class Message:
    """One event or command. `data` is the pydantic model that `type` names in the contracts."""

    id: UUID
    type: str
    source: str
    subject: str
    time: datetime
    clinic_id: UUID
    traceparent: str
    data: BaseModel

    def to_json(self) -> bytes:
        return orjson.dumps(
            {
                "specversion": "1.0",
                "id": str(self.id),
                "source": self.source,
                "type": self.type,
                "subject": self.subject,
                "time": self.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
                "dataschema": dataschema(self.type),
                "datacontenttype": "application/json",
                "traceparent": self.traceparent,
                "clinicid": str(self.clinic_id),
                "data": self.data.model_dump(mode="json"),
            }
        )


def new_message(
    message_type: str, *, source: str, subject: UUID, clinic_id: UUID, time: datetime, data: BaseModel
) -> Message:
    """Build an envelope in the current trace. `source` is `/accounts`, `/exam-results`, ...

    Raises TypeError when `data` is not of the model that the contracts name for `message_type`.
    """
    if type(data) is not MESSAGES[message_type]:
        raise TypeError(message_type)
    return Message(
        id=new_id(),
        type=message_type,
        source=source,
        subject=str(subject),
        time=time,
        clinic_id=clinic_id,
        traceparent=current_traceparent(),
        data=data,
    )


def parse_message(body: str | bytes) -> Message:
    """Read and validate an envelope; raise MalformedMessage with the reason (no content)."""
    try:
        envelope = _Envelope.model_validate_json(body)
    except ValidationError as error:
        raise MalformedMessage(f"envelope: {_reason(error)}") from None
    model = MESSAGES.get(envelope.type)
    if model is None or envelope.specversion != "1.0":
        raise MalformedMessage("unknown type or specversion")
    try:
        data = model.model_validate(envelope.data, strict=False)
    except ValidationError as error:
        raise MalformedMessage(f"{envelope.type}: {_reason(error)}") from None
    return Message(
        id=envelope.id,
        type=envelope.type,
        source=envelope.source,
        subject=envelope.subject,
        time=envelope.time,
        clinic_id=envelope.clinicid,
        traceparent=envelope.traceparent,
        data=data,
    )


def _reason(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(_known(item['loc'], item['type']))}: {item['type']}"
        for item in error.errors(include_input=False, include_context=False, include_url=False)
    )


def _known(location: tuple[int | str, ...], kind: str) -> list[str]:
    """The path of a failing field; a field that no schema knows was named by the sender, so its name is left out."""
    return [str(part) for part in (location[:-1] if kind == "extra_forbidden" else location)] or ["envelope"]
