"""Around every request: one trace, one log line, and a limit on the body. Pure ASGI, so that streams stay streams."""

import contextlib
import time

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.shared.kernel.errors import Category, ErrorKind
from services.shared.platform.http.observation import request_ended
from services.shared.platform.http.problems import INTERNAL, of_kind
from services.shared.platform.logs import get_logger
from services.shared.platform.tracing import trace

MAX_BODY_BYTES = 1_000_000
TOO_LARGE = ErrorKind(
    "body_too_large",
    Category.TOO_LARGE,
    "O pedido passa de 1 MB. Envie arquivos pela página de anexos.",
    "The request is over 1 MB. Send files through the attachments page.",
)
UNSUPPORTED = ErrorKind(
    "content_type_unsupported",
    Category.UNSUPPORTED,
    "Este endereço aceita apenas JSON (Content-Type: application/json).",
    "This address accepts JSON only (Content-Type: application/json).",
)
_QUIET = ("/healthz", "/readyz", "/metrics")


class TracedRequests:
    """Continues the caller's trace, or starts one, and writes one log line per request: route, status, time."""

    def __init__(self, app: ASGIApp, *, prefix: str = "") -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        incoming = dict(scope["headers"]).get(b"traceparent", b"").decode("latin-1")
        status = 500
        started = time.perf_counter()

        async def remember_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with trace(incoming):
            try:
                await self._app(scope, receive, remember_status)
            finally:
                if not scope["path"].endswith(_QUIET):
                    route, seconds = self._template(scope), time.perf_counter() - started
                    request_ended(scope["method"], route, status, seconds, incoming)
                    get_logger().info(
                        "request",
                        method=scope["method"],
                        route=route,
                        status=status,
                        duration_ms=round(seconds * 1000, 1),
                    )

    def _template(self, scope: Scope) -> str:
        """The route's path template: never the path itself, which may hold what a person typed."""
        path: str = getattr(scope.get("route"), "path", "/unknown")
        return path if path.startswith(self._prefix) else self._prefix + path


class BugsAnswered:
    """Turns an exception nobody expected into problem+json that carries the trace id, and its one log line."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def remember_start(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, remember_start)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            get_logger().error("request.failed", exc_info=error)
            await of_kind(INTERNAL, Request(scope), status=500)(scope, receive, send)


class SlashesForgiven:
    """`/api/v1/exams/` is `/api/v1/exams`: addresses end without a slash, and a slash too many does no harm."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and len(scope["path"]) > 1 and scope["path"].endswith("/"):
            scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
        await self._app(scope, receive, send)


class _BodyTooLarge(Exception):
    pass


class LimitedBodies:
    """Refuses bodies over 1 MB, stated or streamed, and, for APIs, anything that is not JSON."""

    def __init__(
        self, app: ASGIApp, *, json_only: bool = True, except_paths: frozenset[str] = frozenset()
    ) -> None:
        self._app = app
        self._json_only = json_only
        self._except = except_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        refusal = self._refusal(headers, scope["path"])
        if refusal is not None:
            await of_kind(refusal, Request(scope))(scope, receive, send)
            return
        received = 0

        async def count() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY_BYTES:
                raise _BodyTooLarge
            return message

        async def drop_answer_to_a_cut_body(message: Message) -> None:
            if received <= MAX_BODY_BYTES:  # the framework answers a cut body with an error of its own
                await send(message)

        with contextlib.suppress(_BodyTooLarge):
            await self._app(scope, count, drop_answer_to_a_cut_body)
        if received > MAX_BODY_BYTES:
            await of_kind(TOO_LARGE, Request(scope))(scope, receive, send)

    def _refusal(self, headers: dict[bytes, bytes], path: str) -> ErrorKind | None:
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            return TOO_LARGE
        has_body = int(length) > 0 or b"transfer-encoding" in headers
        content_type = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
        if self._json_only and has_body and content_type != b"application/json" and path not in self._except:
            return UNSUPPORTED
        return None
