"""Around every request: one trace, one log line, and a limit on the body. Pure ASGI, so that streams stay streams."""

import contextlib
import time

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.shared.kernel.errors import Category, ErrorKind
from services.shared.platform.http.observation import request_ended
from services.shared.platform.http.problems import INTERNAL, of_kind
from services.shared.platform.http.strict_json import CHARACTER_REFUSED, fault_of
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


class _BodyRefused(Exception):
    pass


class LimitedBodies:
    """Refuses bodies over 1 MB, stated or streamed, and, for APIs, anything that is not unambiguous JSON."""

    def __init__(
        self, app: ASGIApp, *, json_only: bool = True, except_paths: frozenset[str] = frozenset()
    ) -> None:
        self._app = app
        self._json_only = json_only
        self._except = except_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._json_only and b"%00" in scope["query_string"]:
            await of_kind(CHARACTER_REFUSED, Request(scope))(scope, receive, send)
            return
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        refusal = self._refusal(headers, scope["path"])
        if refusal is not None:
            await of_kind(refusal, Request(scope))(scope, receive, send)
            return
        body = _Body(receive, is_json=self._json_only and _content_type(headers) == b"application/json")

        async def drop_answer_to_a_refused_body(message: Message) -> None:
            if body.fault is None:  # the framework answers a broken-off body with an error of its own
                await send(message)

        with contextlib.suppress(_BodyRefused):
            await self._app(scope, body.receive, drop_answer_to_a_refused_body)
        if body.fault is not None:
            await of_kind(body.fault, Request(scope))(scope, receive, send)

    def _refusal(self, headers: dict[bytes, bytes], path: str) -> ErrorKind | None:
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            return TOO_LARGE
        has_body = int(length) > 0 or b"transfer-encoding" in headers
        is_json = _content_type(headers) == b"application/json"
        if self._json_only and has_body and not is_json and path not in self._except:
            return UNSUPPORTED
        return None


class _Body:
    """Passes a body on as it comes, and breaks off at its fault: too long, or, when all is there, no plain JSON."""

    def __init__(self, receive: Receive, *, is_json: bool) -> None:
        self.fault: ErrorKind | None = None
        self._receive = receive
        self._is_json = is_json
        self._received = 0
        self._parts: list[bytes] = []

    async def receive(self) -> Message:
        message = await self._receive()
        part: bytes = message.get("body", b"")
        self._received += len(part)
        if self._received > MAX_BODY_BYTES:
            self.fault = TOO_LARGE
        elif self._is_json and message["type"] == "http.request":
            self._parts.append(part)
            if not message.get("more_body", False):
                self.fault = fault_of(b"".join(self._parts))
        if self.fault is not None:
            raise _BodyRefused
        return message


def _content_type(headers: dict[bytes, bytes]) -> bytes:
    return headers.get(b"content-type", b"").split(b";")[0].strip().lower()
