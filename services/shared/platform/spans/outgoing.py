"""The span of a call to another service over HTTP; the other side's span hangs below it."""

from contextlib import AbstractContextManager

from services.shared.platform.spans.recording import Value, child_span


def calling(method: str, host: str) -> AbstractContextManager[dict[str, Value]]:
    """Enter the call's span; read the traceparent to send inside. `host` without path: paths hold ids."""
    return child_span(method, "client", {"http.request.method": method, "server.address": host})
