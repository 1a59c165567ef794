"""HTTP/1.1 towards our own services: kept connections, bodies as streams.

A general HTTP client costs five times what the proxy itself does; what our services speak is a small part of
HTTP, and that part is here: framing by length or by chunks, no trailers, no upgrades.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

_CONNECT_S = 2.0
_READ_S = 75.0
_IDLE_S = 2.0  # well under the services' own 5 s, so that a kept connection is not closed as we use it
_KEPT = 64
_CHUNK = 65536
_LONGEST_HEAD = 65536
_BODYLESS = frozenset({204, 304})
_FRAMING = (b"transfer-encoding", b"content-length")

Headers = list[tuple[bytes, bytes]]


class UpstreamFailed(Exception):
    """No answer, or half of one. `untouched`: the upstream closed a kept connection before it read anything."""

    def __init__(self, reason: str, *, untouched: bool = False) -> None:
        super().__init__(reason)
        self.untouched = untouched


class ClientLeft(Exception):
    """Nobody waits for the answer any more; raised by a request's body."""


@dataclass(frozen=True)
class Request:
    method: str
    target: bytes  # path and query, as the client wrote them
    headers: Headers
    body: AsyncIterator[bytes] | None
    length: int | None  # None with a body: sent in chunks


class Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.used = False
        self.idle_since = 0.0

    @property
    def fresh(self) -> bool:
        still_open = not (self.reader.at_eof() or self.writer.is_closing())
        return still_open and time.monotonic() - self.idle_since < _IDLE_S

    def close(self) -> None:
        self.writer.close()


class Answer:
    """Status and headers are here; the body is read as it comes. `close` in every case."""

    def __init__(
        self, pool: "Upstream", connection: Connection, status: int, headers: Headers, *, bodyless: bool
    ) -> None:
        self.status = status
        self.headers = headers
        self._pool = pool
        self._connection = connection
        self._bodyless = bodyless or status in _BODYLESS
        self._complete = self._bodyless
        self.reusable = (b"connection", b"close") not in headers

    async def chunks(self) -> AsyncIterator[bytes]:
        if self._bodyless:
            return
        framing = {name: value for name, value in self.headers if name in _FRAMING}
        if b"transfer-encoding" in framing:
            async for chunk in self._in_chunks():
                yield chunk
        elif b"content-length" in framing:
            left = int(framing[b"content-length"])
            while left:
                piece = await self._read(min(left, _CHUNK))
                left -= len(piece)
                yield piece
        else:
            self.reusable = False
            while piece := await _in_time(self._connection.reader.read(_CHUNK)):
                yield piece
        self._complete = True

    def close(self) -> None:
        if self._complete and self.reusable:
            self._pool.keep(self._connection)
        else:
            self._connection.close()

    async def _in_chunks(self) -> AsyncIterator[bytes]:
        reader = self._connection.reader
        while size := int((await _in_time(reader.readline())).split(b";")[0], 16):
            while size:
                piece = await self._read(min(size, _CHUNK))
                size -= len(piece)
                yield piece
            await _in_time(reader.readexactly(2))
        await _in_time(reader.readline())

    async def _read(self, size: int) -> bytes:
        piece = await _in_time(self._connection.reader.read(size))
        if not piece:
            raise UpstreamFailed("ended in the middle of its answer")
        return piece


class Upstream:
    """One service's address and the connections kept to it."""

    def __init__(self, address: str) -> None:
        host, _, port = address.removeprefix("http://").partition(":")
        self._host, self._port = host, int(port)
        self._kept: list[Connection] = []

    async def ask(self, request: Request) -> Answer:
        """Send the request and return the answer's beginning; raise UpstreamFailed."""
        connection = await self._connection()
        sending = asyncio.ensure_future(self._send(connection, request))
        try:
            status, headers = await self._head(connection)
        except (OSError, ValueError, EOFError, TimeoutError, asyncio.LimitOverrunError) as error:
            connection.close()
            untouched = connection.used and isinstance(error, (EOFError, ConnectionError))
            raise UpstreamFailed(type(error).__name__, untouched=untouched) from error
        except BaseException:
            connection.close()
            raise
        finally:
            sent = sending.done()
            sending.cancel()
        answer = Answer(self, connection, status, headers, bodyless=request.method == "HEAD")
        answer.reusable = answer.reusable and sent
        return answer

    def keep(self, connection: Connection) -> None:
        connection.used = True
        connection.idle_since = time.monotonic()
        if len(self._kept) < _KEPT:
            self._kept.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        while self._kept:
            self._kept.pop().close()

    async def _connection(self) -> Connection:
        while self._kept:
            connection = self._kept.pop()
            if connection.fresh:
                return connection
            connection.close()
        try:
            opening = asyncio.open_connection(self._host, self._port, limit=_LONGEST_HEAD)
            return Connection(*await asyncio.wait_for(opening, _CONNECT_S))
        except (OSError, TimeoutError) as error:
            raise UpstreamFailed(type(error).__name__) from error

    async def _send(self, connection: Connection, request: Request) -> None:
        head = [request.method.encode() + b" " + request.target + b" HTTP/1.1"]
        head += [name + b": " + value for name, value in request.headers]
        chunked = request.body is not None and request.length is None
        if chunked:
            head.append(b"transfer-encoding: chunked")
        connection.writer.write(b"\r\n".join([*head, b"", b""]))
        if request.body is None:
            return
        # A broken connection is told by the reading side.
        with suppress(OSError, ClientLeft):
            async for piece in request.body:
                connection.writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
                await connection.writer.drain()
            if chunked:
                connection.writer.write(b"0\r\n\r\n")

    async def _head(self, connection: Connection) -> tuple[int, Headers]:
        while True:
            head = await _in_time(connection.reader.readuntil(b"\r\n\r\n"))
            first, *lines = head[:-4].split(b"\r\n")
            status = int(first.split(b" ", 2)[1])
            if status >= 200:
                break
        headers = []
        for line in lines:
            name, _, value = line.partition(b":")
            headers.append((name.strip().lower(), value.strip()))
        return status, headers


async def _in_time(reading: Coroutine[Any, Any, bytes]) -> bytes:
    async with asyncio.timeout(_READ_S):
        return await reading
