"""What is told of a request that has ended: one observation, and a server span while spans are exported."""

import time

from services.shared.platform.metrics.requests import observe_request
from services.shared.platform.spans import recording
from services.shared.platform.tracing import current_traceparent

_FIRST_SERVER_ERROR = 500


def request_ended(method: str, route: str, status: int, seconds: float, incoming: str) -> None:
    """Call it inside the request's own trace. `route` is the template; `incoming` the caller's traceparent or ""."""
    observe_request(method, route, status, seconds)
    if not recording.is_on():
        return
    ended = time.time_ns()
    recording.record(
        recording.Span(
            name=f"{method} {route}",
            kind="server",
            traceparent=current_traceparent(),
            parent=incoming,
            started_ns=ended - int(seconds * 1e9),
            ended_ns=ended,
            attributes={
                "http.request.method": method,
                "http.route": route,
                "http.response.status_code": status,
            },
            error=str(status) if status >= _FIRST_SERVER_ERROR else None,
        )
    )
