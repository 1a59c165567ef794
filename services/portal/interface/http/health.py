"""Alive and ready, for probes."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from services.shared.platform.http.callers import public

_CHECK_TIMEOUT_S = 2


def health_router(checks: Mapping[str, Callable[[], Awaitable[Any]]]) -> APIRouter:
    router = APIRouter()

    @router.get("/healthz")
    async def alive(_: Annotated[None, public("probes have no account", limits=())]) -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    async def ready(_: Annotated[None, public("probes have no account", limits=())]) -> JSONResponse:
        """Ready: what sessions need answers. The services behind have their own readiness."""
        states = dict(zip(checks, await asyncio.gather(*map(_state, checks.values())), strict=True))
        is_ready = all(state == "up" for state in states.values())
        body = {"status": "ready" if is_ready else "not_ready", "dependencies": states}
        return JSONResponse(body, 200 if is_ready else 503)

    return router


async def _state(check: Callable[[], Awaitable[Any]]) -> str:
    try:
        await asyncio.wait_for(check(), _CHECK_TIMEOUT_S)
    except Exception:
        return "down"
    return "up"
