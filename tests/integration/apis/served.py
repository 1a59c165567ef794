"""A service's whole API behind a real HTTP server in this process, on real stores; tokens are of our own making."""

import io
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import structlog
import uvicorn
from fastapi import FastAPI

from infra.local.engines.process import free_port
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.auth import TOKEN_INVALID
from services.shared.platform.logs import configure_logs

Contents = Callable[[], Mapping[str, list[str]]]
"""Everything that a service's own store holds, table by table, each row as text: to see that nothing changed."""


class Tokens:
    """A verifier that knows the tokens handed out by `of`."""

    def __init__(self) -> None:
        self.known: dict[str, Principal] = {}

    def of(self, principal: Principal) -> dict[str, str]:
        token = str(new_id())
        self.known[token] = principal
        return {"Authorization": f"Bearer {token}"}

    async def verify(self, token: str) -> Principal:
        if token not in self.known:
            raise TOKEN_INVALID.error()
        return self.known[token]


@dataclass
class Served:
    name: str
    app: FastAPI
    prefix: str
    address: str
    contents: Contents
    log: io.BytesIO
    clinic_id: UUID
    known: dict[str, str] = field(default_factory=dict)  # ids that exist, by the name of the path's parameter
    people: dict[Role, UUID] = field(default_factory=dict)  # accounts that exist, by role
    tokens: Tokens = field(default_factory=Tokens)

    def token(self, *roles: Role, scopes: frozenset[str] = frozenset()) -> dict[str, str]:
        clinic = None if set(roles) & {Role.PATIENT, Role.SERVICE} else self.clinic_id
        account = self.people.get(roles[0], new_id())
        return self.tokens.of(Principal(account, frozenset(roles), clinic, scopes=scopes))

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request to `path` under the service's prefix."""
        return httpx.request(method, f"{self.address}{self.prefix}{path}", timeout=30, **options)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


@contextmanager
def serving(app: FastAPI, tokens: Tokens) -> Iterator[str]:
    """Serve as `serve_api` does, in a thread with an event loop of its own; yield the address."""
    port = free_port()
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, http="httptools", log_config=None, access_log=False, lifespan="on"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        assert thread.is_alive() and time.monotonic() < deadline, "the API did not start"  # noqa: PT018
        time.sleep(0.02)
    app.state.token_verifier = tokens
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)


def collect_into(lines: io.BytesIO) -> None:
    configure_logs("tests")
    structlog.configure(**structlog.get_config() | {"logger_factory": structlog.BytesLoggerFactory(lines)})


@contextmanager
def logged() -> Iterator[io.BytesIO]:
    """Collect the log lines as they would be written, processors and all."""
    lines = io.BytesIO()
    collect_into(lines)
    try:
        yield lines
    finally:
        configure_logs("tests")
