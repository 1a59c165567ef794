"""`/metrics` in Prometheus' text format, at the root of a process's own port, for the network inside alone."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException

from services.shared.platform.http.callers import public

_SAID_BY_PROXIES = ("x-forwarded-for", "x-forwarded-host", "forwarded", "via")


def metrics_router() -> APIRouter:
    router = APIRouter()

    @router.get("/metrics", include_in_schema=False)
    async def scrape(
        request: Request, _: Annotated[None, public("scraped from inside the network", limits=())]
    ) -> Response:
        """All metrics of this process. What comes through a load balancer gets 404: the second of two walls."""
        if any(name in request.headers for name in _SAID_BY_PROXIES):
            raise HTTPException(404)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router
