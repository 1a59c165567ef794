"""A small streaming reverse proxy: both directions as they come, so uploads and server-sent events pass through."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

import httpx

from infra.gateway.pages import unavailable
from infra.gateway.routes import Routes, backward_headers, onward_headers, service_of

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_TIMEOUT = httpx.Timeout(connect=2, read=75, write=75, pool=10)
_LIMITS = httpx.Limits(max_connections=512, max_keepalive_connections=64, keepalive_expiry=4)
_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})


class Proxy:
    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        # The transport alone: no redirects, cookies or environment proxies are wanted on the way through.
        self._transport = httpx.AsyncHTTPTransport(limits=_LIMITS)

    async def close(self) -> None:
        await self._transport.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a client that goes away ends the upstream's work too."""
        body = _Body(receive, _has_body(scope["headers"]))
        answering = asyncio.ensure_future(self._answer(scope, body, send))
        leaving = asyncio.ensure_future(body.client_left())
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        if not answering.done():
            answering.cancel()
            with suppress(asyncio.CancelledError):
                await answering
            return
        await answering

    async def _answer(self, scope: Scope, body: "_Body", send: Send) -> None:
        try:
            response = await self._forward(scope, body)
        except (httpx.TransportError, OSError):
            await unavailable(scope, send, service_of(scope["path"]))
            return
        try:
            await send(
                {
                    "type": "http.response.start",
                    "status": response.status_code,
                    "headers": backward_headers(response.headers.raw),
                }
            )
            async for chunk in response.stream:  # type: ignore[union-attr]
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            await response.aclose()

    async def _forward(self, scope: Scope, body: "_Body") -> httpx.Response:
        try:
            return await self._transport.handle_async_request(self._request(scope, body))
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            # A kept connection that the upstream closed at this very moment (a restart); asking again is safe.
            if scope["method"] not in _REPEATABLE or body.present:
                raise
            return await self._transport.handle_async_request(self._request(scope, body))

    def _request(self, scope: Scope, body: "_Body") -> httpx.Request:
        upstream = httpx.URL(self._routes.upstream_of(scope["path"]))
        query = scope["query_string"]
        path = scope.get("raw_path") or scope["path"].encode()
        return httpx.Request(
            scope["method"],
            upstream.copy_with(raw_path=path + b"?" + query if query else path),
            headers=onward_headers(scope["headers"], (scope.get("client") or ("",))[0], scope["scheme"]),
            content=body.chunks() if body.present else None,
            extensions={"timeout": _TIMEOUT.as_dict()},
        )


class _Body:
    """The request's body as the client sends it, and the news that the client has left."""

    def __init__(self, receive: Receive, present: bool) -> None:
        self._receive = receive
        self.present = present
        self._read = asyncio.Event()
        self._left = asyncio.Event()
        if not present:
            self._read.set()

    async def chunks(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self._left.set()
                raise httpx.WriteError("the client left")
            more = message.get("more_body", False)
            if message.get("body"):
                yield message["body"]
        self._read.set()

    async def client_left(self) -> None:
        """Return when the client is gone. Before the body is read, `chunks` alone listens."""
        reading = asyncio.ensure_future(self._read.wait())
        left = asyncio.ensure_future(self._left.wait())
        try:
            await asyncio.wait({reading, left}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            reading.cancel()
            left.cancel()
        while not self._left.is_set():
            if (await self._receive())["type"] == "http.disconnect":
                self._left.set()


def _has_body(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(
        (name == b"content-length" and value != b"0") or name == b"transfer-encoding"
        for name, value in headers
    )
