"""Builds a service's HTTP API: tracing, body limit, problem+json, health, OpenAPI; routers come from the service."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, FastAPI, Response
from fastapi.telemetry import TelemetryConfig

from services.shared.platform.auth import TokenVerifier
from services.shared.platform.http.callers import public
from services.shared.platform.http.hot_routes import HotRoutes, hot_routes_of
from services.shared.platform.http.limits import Limits, LimitsStated
from services.shared.platform.http.middleware import (
    BugsAnswered,
    LimitedBodies,
    SlashesForgiven,
    TracedRequests,
)
from services.shared.platform.http.problems import add_problem_handlers
from services.shared.platform.http.scrape import metrics_router

Check = Callable[[], Awaitable[Any]]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
_CHECK_TIMEOUT_S = 2
# The framework's own records would hold exceptions and addresses as they came; ours are notes (ADR 0014).
_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}


@asynccontextmanager
async def _no_lifespan(_: FastAPI) -> AsyncIterator[None]:
    yield


def create_api(
    *,
    title: str,
    prefix: str,
    routers: list[APIRouter],
    token_verifier: TokenVerifier | None,
    checks: Mapping[str, Check],
    lifespan: Lifespan = _no_lifespan,
    json_only_except: frozenset[str] = frozenset(),
) -> FastAPI:
    """Return the API. `checks` are the dependencies `/readyz` asks, each within 2 s. `prefix` is `/api/v1/...`.

    `token_verifier` may be set later on `app.state.token_verifier`, when it needs the running event loop; so may
    `app.state.limits`, which counts in this process alone until then.
    """
    app = FastAPI(
        title=title,
        version="1",
        openapi_url=f"{prefix}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
        telemetry=_NO_TELEMETRY,
    )
    app.state.token_verifier = token_verifier
    app.state.limits = Limits()
    app.include_router(_health(checks), prefix=prefix)
    for router in routers:
        app.include_router(router, prefix=prefix)
    app.include_router(metrics_router())
    add_problem_handlers(app)
    app.add_middleware(SlashesForgiven)
    app.add_middleware(HotRoutes, routes=hot_routes_of(app))
    app.add_middleware(LimitsStated)
    app.add_middleware(LimitedBodies, except_paths=json_only_except)
    app.add_middleware(BugsAnswered)
    app.add_middleware(TracedRequests, prefix=prefix)
    return app


def _health(checks: Mapping[str, Check]) -> APIRouter:
    router = APIRouter(tags=["health"])

    @router.get("/healthz")
    async def alive(_: Annotated[None, public("probes have no account", limits=())]) -> dict[str, str]:
        """Alive: the process answers."""
        return {"status": "alive"}

    @router.get("/readyz")
    async def ready(_: Annotated[None, public("probes have no account", limits=())]) -> Response:
        """Ready: every dependency answers. 503 names those that do not."""
        states = dict(
            zip(checks, await asyncio.gather(*(_state(check) for check in checks.values())), strict=True)
        )
        is_ready = all(state == "up" for state in states.values())
        body = {"status": "ready" if is_ready else "not_ready", "dependencies": states}
        return Response(orjson.dumps(body), 200 if is_ready else 503, media_type="application/json")

    return router


async def _state(check: Check) -> str:
    try:
        await asyncio.wait_for(check(), _CHECK_TIMEOUT_S)
    except Exception:
        return "down"
    return "up"


def json_response(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Serialize with orjson, without a response model: the hot reads' way out. Never cached by default."""
    return Response(
        content if isinstance(content, bytes) else orjson.dumps(content, default=str),
        status,
        media_type="application/json",
        headers={"Cache-Control": "private, no-store", **(headers or {})},
    )
