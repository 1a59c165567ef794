"""A small streaming reverse proxy: both directions as they come, so uploads and server-sent events pass through."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

from infra.gateway.pages import unavailable
from infra.gateway.routes import Routes, backward_headers, onward_headers, service_of
from infra.gateway.upstream import Answer, ClientLeft, Request, Upstream, UpstreamFailed

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})


class Proxy:
    def __init__(self, routes: Routes) -> None:
        self._upstreams = {name: Upstream(address) for name, address in routes.upstreams.items()}

    def close(self) -> None:
        for upstream in self._upstreams.values():
            upstream.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a client that goes away ends the upstream's work too."""
        body = _Body(receive, scope["headers"])
        answering = asyncio.ensure_future(self._answer(scope, body, send))
        leaving = asyncio.ensure_future(body.client_left())
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            if not answering.done():
                answering.cancel()
        with suppress(asyncio.CancelledError):
            await answering

    async def _answer(self, scope: Scope, body: "_Body", send: Send) -> None:
        service = service_of(scope["path"])
        try:
            answer = await self._forward(self._upstreams[service], scope, body)
        except UpstreamFailed:
            await unavailable(scope, send, service)
            return
        try:
            headers = backward_headers(answer.headers)
            await send({"type": "http.response.start", "status": answer.status, "headers": headers})
            async for chunk in answer.chunks():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            answer.close()

    async def _forward(self, upstream: Upstream, scope: Scope, body: "_Body") -> Answer:
        request = _request(scope, body)
        try:
            return await upstream.ask(request)
        except UpstreamFailed as failure:
            # A kept connection that the upstream closed at this very moment (a restart): asking again is safe.
            if failure.untouched and scope["method"] in _REPEATABLE and request.body is None:
                return await upstream.ask(request)
            raise


def _request(scope: Scope, body: "_Body") -> Request:
    target = scope.get("raw_path") or scope["path"].encode()
    if scope["query_string"]:
        target += b"?" + scope["query_string"]
    return Request(
        method=scope["method"],
        target=target,
        headers=onward_headers(scope["headers"], (scope.get("client") or ("",))[0], scope["scheme"]),
        body=body.chunks() if body.present else None,
        length=body.length,
    )


class _Body:
    """The request's body as the client sends it, and the news that the client has left."""

    def __init__(self, receive: Receive, headers: list[tuple[bytes, bytes]]) -> None:
        self._receive = receive
        said = dict(headers)
        chunked = b"transfer-encoding" in said
        self.length = None if chunked else int(said.get(b"content-length", b"0"))
        self.present = chunked or bool(self.length)
        self._read = asyncio.Event()
        self._left = False
        if not self.present:
            self._read.set()

    async def chunks(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self._left = True
                self._read.set()
                raise ClientLeft
            more = message.get("more_body", False)
            if message.get("body"):
                yield message["body"]
        self._read.set()

    async def client_left(self) -> None:
        """Return when the client is gone. Before the body is read, `chunks` alone listens."""
        await self._read.wait()
        while not self._left:
            self._left = (await self._receive())["type"] == "http.disconnect"
