"""The portal as one ASGI application: pages, static files, health, failures, headers."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from services.portal.interface.http.failures import FailuresBecomePages, add_failure_pages
from services.portal.interface.http.headers import SecurityHeaders
from services.portal.interface.http.health import health_router
from services.portal.interface.http.pages import (
    accesses,
    account,
    audit,
    bench,
    confirm,
    consents,
    contact,
    corrections,
    dead_letters,
    downloads,
    duplicates,
    emergency,
    erasure_requests,
    exam,
    exam_list,
    first_access,
    home,
    integrations,
    invitation,
    new_authenticator,
    notices,
    orders,
    others,
    own_data,
    patients,
    permissions,
    privacy,
    release,
    reset,
    security,
    sign_in,
    sign_in_steps,
    sign_up,
    staff,
    values,
    verification,
)
from services.portal.interface.http.rendering import STATIC
from services.shared.platform.http.middleware import LimitedBodies, TracedRequests
from services.shared.platform.http.scrape import metrics_router

PAGES = (
    sign_in, sign_in_steps, reset, confirm, security, new_authenticator,
    first_access, home, patients, orders, exam_list, exam, bench, values, release, downloads,
    notices, dead_letters, accesses, account, permissions, others, emergency, verification,
    staff, invitation, sign_up, contact, duplicates,
    integrations, audit,
    privacy, erasure_requests, own_data, corrections, consents,
)  # fmt: skip
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class _KeptFiles(StaticFiles):
    """Static files carry their digest in the address, so browsers keep them for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def create_portal(
    *, lifespan: Lifespan, checks: Mapping[str, Callable[[], Awaitable[Any]]], https: bool
) -> FastAPI:
    """Return the application; its lifespan puts the `Portal` on `app.state.portal`."""
    app = FastAPI(
        title="Laudo",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.include_router(health_router(checks))
    app.include_router(metrics_router())
    for page in PAGES:
        app.include_router(page.router)
    app.mount("/static", _KeptFiles(directory=STATIC), name="static")
    add_failure_pages(app)
    app.add_middleware(FailuresBecomePages)
    app.add_middleware(LimitedBodies, json_only=False)
    app.add_middleware(TracedRequests)
    app.add_middleware(SecurityHeaders, https=https)
    return app
