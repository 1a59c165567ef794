"""A worker's own small port: `/metrics` for the scrape and `/healthz` for the kubelet. Nothing else is answered."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import uvicorn
from fastapi import FastAPI

from services.shared.platform.http.callers import public
from services.shared.platform.http.scrape import metrics_router


def listener_app() -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.include_router(metrics_router())

    @app.get("/healthz")
    async def alive(_: Annotated[None, public("probes have no account", limits=())]) -> dict[str, str]:
        """Alive: the event loop that also drives the consumers answers."""
        return {"status": "alive"}

    return app


async def listen(host: str, port: int) -> None:
    """Serve until cancelled, in the worker's own event loop; raise OSError when the port is taken."""
    with socket.create_server((host, port)) as listening:
        config = uvicorn.Config(
            listener_app(), access_log=False, log_config=None, lifespan="off", server_header=False
        )
        await _Server(config).serve([listening])


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the worker, which ends its loops in order."""
        yield
