"""A span per AWS call, from boto3's own events: service and operation, never what was sent.

Calls outside of any trace (a long poll, a look at a queue's depth) are not noted.
"""

import time
from typing import Any

from services.shared.platform.spans import recording
from services.shared.platform.tracing import child_of, current_trace_id, current_traceparent

_BEGUN = "laudo_span"
_FIRST_ERROR = 400


def observe_calls(client: Any) -> None:
    """Note every call of this boto3 client while spans are exported."""
    events = client.meta.events
    events.register("before-call", _before)
    events.register("after-call", _after)
    events.register("after-call-error", _failed)


def _before(context: dict[str, Any], **_: Any) -> None:
    if recording.is_on() and current_trace_id() is not None:
        context[_BEGUN] = (current_traceparent(), time.time_ns())


def _after(context: dict[str, Any], http_response: Any, event_name: str, **_: Any) -> None:
    status = int(http_response.status_code)
    error = str(status) if status >= _FIRST_ERROR else None
    _note(context, event_name, error, {"http.response.status_code": status})


def _failed(context: dict[str, Any], exception: BaseException, event_name: str, **_: Any) -> None:
    _note(context, event_name, type(exception).__name__, {})


def _note(
    context: dict[str, Any], event_name: str, error: str | None, more: dict[str, recording.Value]
) -> None:
    """`event_name` is e.g. `after-call.sqs.SendMessage`."""
    if _BEGUN not in context:
        return
    above, started = context.pop(_BEGUN)
    service, operation = event_name.split(".")[1:3]
    recording.record(
        recording.Span(
            name=f"{service} {operation}",
            kind="client",
            traceparent=child_of(above),
            parent=above,
            started_ns=started,
            ended_ns=time.time_ns(),
            attributes={
                "rpc.system.name": "aws-api",
                "rpc.service": service,
                "rpc.method": operation,
                **more,
            },
            error=error,
        )
    )
