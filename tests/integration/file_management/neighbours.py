"""accounts and exam-results as this service meets them over HTTP: keys, tokens, snapshots, identifiers."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.engines.process import free_port

ISSUER = "http://accounts.test"


@dataclass
class Neighbours:
    url: str
    key: Any = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "one"}, auto_kid=False))
    snapshots: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    numbers: dict[str, dict[str, Any]] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)

    def token(self, account: UUID, role: str, clinic: UUID | None = None) -> str:
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": "laudo",
            "sub": str(account),
            "roles": [role],
            "iat": now,
            "exp": now + 600,
            **({"clinic": str(clinic)} if clinic else {}),
        }
        return jwt.encode({"alg": "ES256", "kid": "one", "typ": "at+jwt"}, claims, self.key)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/v1/accounts/readyz", self._alive),
                Route("/api/v1/exams/readyz", self._alive),
                Route("/api/v1/accounts/.well-known/jwks.json", self._jwks),
                Route("/api/v1/accounts/oauth/token", self._service_token, methods=["POST"]),
                Route("/api/v1/accounts/patients/{patient}/identifiers", self._identifiers),
                Route("/api/v1/exams/{exam}/reports/{version}/snapshot", self._snapshot),
            ]
        )

    async def _alive(self, _: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def _jwks(self, _: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def _service_token(self, _: Request) -> Response:
        return JSONResponse({"access_token": "service", "expires_in": 600})

    async def _identifiers(self, request: Request) -> Response:
        return self._found(request, self.numbers.get(request.path_params["patient"]))

    async def _snapshot(self, request: Request) -> Response:
        path = request.path_params
        stage = request.query_params["stage"]
        return self._found(request, self.snapshots.get((path["exam"], path["version"], stage)))

    def _found(self, request: Request, body: dict[str, Any] | None) -> Response:
        if request.headers.get("authorization") != "Bearer service":
            return Response(status_code=401)
        self.fetched.append(request.headers["traceparent"].split("-")[1])
        return Response(status_code=404) if body is None else JSONResponse(body)


@contextmanager
def serving() -> Iterator[Neighbours]:
    port = free_port()
    neighbours = Neighbours(f"http://127.0.0.1:{port}")
    server = uvicorn.Server(uvicorn.Config(neighbours.app(), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield neighbours
    server.should_exit = True
    thread.join()
