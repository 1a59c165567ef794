"""The load generator: HTTP/1.1 on kept-alive connections, one request after the other on each, nothing parsed
beyond the status and the length.

`wrk` cannot be assumed to be installed and sends one fixed request; a few dozen lines on uvloop spread the requests
over patients and exams, and cost the generator's core less than a tenth of what the server spends.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

NextRequest = Callable[[], bytes]


@dataclass
class Round:
    """What one stretch of load found."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    body_bytes: int = 0

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def quantile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class _Connection(asyncio.Protocol):
    def __init__(self, next_request: NextRequest, into: Round, until: float) -> None:
        self._next = next_request
        self._into = into
        self._until = until
        self._buffer = b""
        self._sent_at = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by name
        self._send()

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        self._transport.write(self._next())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        length = _content_length(self._buffer[:head])
        if len(self._buffer) < head + 4 + length:
            return
        now, status = time.perf_counter(), int(self._buffer[9:12])
        self._buffer = b""
        self._into.latencies.append(now - self._sent_at)
        self._into.statuses[status] = self._into.statuses.get(status, 0) + 1
        self._into.body_bytes += length
        if now < self._until:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def drive(port: int, next_request: NextRequest, *, connections: int, seconds: float) -> Round:
    """Keep `connections` requests in flight for `seconds`; each connection waits for its answer."""
    loop, began = asyncio.get_running_loop(), time.perf_counter()
    found = Round(seconds)
    opened = [
        await loop.create_connection(
            lambda: _Connection(next_request, found, began + seconds), "127.0.0.1", port
        )
        for _ in range(connections)
    ]
    await asyncio.gather(*(connection.done for _, connection in opened))
    found.seconds = time.perf_counter() - began
    return found


def get(path: str, token: str = "") -> bytes:
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{authorization}\r\n".encode()


def post(path: str, token: str, body: bytes, key: str) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
