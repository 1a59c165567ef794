"""Every page says who may open it, and every form is checked for its token."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from services.portal.interface.http.visit import Visit
from services.portal.interface.http.visitors import Anyone, CheckedForm, Visitors, visitors
from services.shared.platform.http.callers import Public
from tests.unit.portal.conftest import new_app

READING = {"GET", "HEAD"}


def _undeclared(app: FastAPI) -> Iterator[str]:
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute):
            continue
        declared = [part.call for part in route.dependant.dependencies]
        if not any(isinstance(call, Visitors | Anyone | Public) for call in declared):
            yield f"{context.path} does not say who may open it"
        if set(route.methods or ()) - READING and not any(isinstance(call, CheckedForm) for call in declared):
            yield f"{context.path} takes a form without checking its token"


def test_every_route_declares_its_callers_and_checks_its_forms(portal_app: FastAPI) -> None:
    assert list(_undeclared(portal_app)) == []
    assert sum(1 for _ in iter_route_contexts(portal_app.routes)) > 35


def test_a_route_without_a_declared_caller_is_found() -> None:
    portal_app = new_app()
    careless = APIRouter()

    @careless.get("/descuido")
    async def forgot() -> None:
        return None

    @careless.post("/descuido")
    async def forgot_the_token(visit: Annotated[Visit, visitors()]) -> None:
        return None

    portal_app.include_router(careless)
    assert list(_undeclared(portal_app)) == [
        "/descuido does not say who may open it",
        "/descuido takes a form without checking its token",
    ]


def test_reading_never_needs_a_body_and_writing_is_never_by_get(portal_app: FastAPI) -> None:
    for context in iter_route_contexts(portal_app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
            assert not any(isinstance(part.call, CheckedForm) for part in route.dependant.dependencies)
