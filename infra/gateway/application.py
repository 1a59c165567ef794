"""The local stand-in for the production load balancer: `python -m infra.gateway.application`."""

import json
import os
from collections.abc import Mapping
from typing import Any

import uvicorn

from infra.gateway.numbers import Numbers
from infra.gateway.outbox import Outbox
from infra.gateway.pages import respond
from infra.gateway.proxy import Proxy
from infra.gateway.routes import PORTAL, PREFIXES, Routes

_OUTBOX = ("/local/outbox", "/local/outbox.json")
_NUMBERS = "/local/numbers"
_METRICS = "/metrics"
_OWN_HOSTS = ("localhost", "127.0.0.1", "[::1]")


class Gateway:
    def __init__(self, routes: Routes, emulator_url: str, scraped: Mapping[str, str]) -> None:
        self._proxy = Proxy(routes)
        self._outbox = Outbox(emulator_url)
        self._numbers = Numbers(scraped)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
        elif not _meant_for_us(scope["headers"]):
            # A foreign site whose name was pointed at 127.0.0.1 must not read what is shown here.
            await respond(send, 421, b"text/plain", b"This address is served under localhost only.\n")
        elif scope["path"] in _OUTBOX:
            await self._outbox(scope, send)
        elif scope["path"] == _NUMBERS:
            await self._numbers(scope, send)
        elif scope["path"].rstrip("/") == _METRICS:
            await respond(send, 404, b"text/plain", b"Metrics are for the inside of the network.\n")
        else:
            await self._proxy(scope, receive, send)

    async def _lifespan(self, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._proxy.close()
        await self._outbox.close()
        await self._numbers.close()
        await send({"type": "lifespan.shutdown.complete"})


def _meant_for_us(headers: list[tuple[bytes, bytes]]) -> bool:
    host = next((value.decode("latin-1") for name, value in headers if name == b"host"), "")
    return host in _OWN_HOSTS or host.rpartition(":")[0] in _OWN_HOSTS


def main() -> None:
    names = [*PREFIXES.values(), PORTAL]
    upstreams = {name: os.environ[f"LAUDO_UPSTREAM_{name.upper().replace('-', '_')}"] for name in names}
    scraped: dict[str, str] = json.loads(os.environ.get("LAUDO_SCRAPED", "{}"))
    uvicorn.run(
        Gateway(Routes(upstreams), os.environ["LAUDO_AWS_ENDPOINT_URL"], scraped),
        host="127.0.0.1",
        port=int(os.environ["LAUDO_HTTP_PORT"]),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=3,
        timeout_keep_alive=30,
    )


if __name__ == "__main__":
    main()
