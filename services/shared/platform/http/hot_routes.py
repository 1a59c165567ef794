"""Hot routes are answered before the framework's layers: routing, dependency solving and exit stacks cost more than
the answer itself (docs/bench).

A hot route is declared like any other, with its caller in the signature, and so appears in OpenAPI and in the test of
declared callers; `@hot` adds that it takes nothing but the request, its caller (or that it is public) and the UUIDs of
its path; a body it reads itself (`json_bodies.py`). What the pattern here does not match (a trailing slash, an id that
is none) takes the ordinary way, to the same endpoint.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.types import ASGIApp, Receive, Scope, Send

from services.shared.kernel.errors import LaudoError
from services.shared.platform.http.callers import Callers, Public
from services.shared.platform.http.problems import laudo_error, validation_error

Endpoint = Callable[..., Awaitable[Response]]
Marked = TypeVar("Marked", bound=Callable[..., Any])
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_REQUEST = "request"


def hot(endpoint: Marked) -> Marked:
    """Mark an endpoint `(request, <caller or public>, <uuid>...)` to be answered before the framework's layers."""
    endpoint.__dict__["is_hot"] = True
    return endpoint


@dataclass(frozen=True, slots=True)
class _HotRoute:
    path: re.Pattern[str]
    endpoint: Endpoint
    caller: str
    callers: Callers | Public
    route: APIRoute


class HotRoutes:
    """Added when all routers are in; raises TypeError for a hot route that wants more than the fast way gives."""

    def __init__(self, app: ASGIApp, *, routes: Mapping[str, Sequence[_HotRoute]]) -> None:
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._find(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        hot_route, match = found
        scope["route"] = hot_route.route
        request = Request(scope, receive)
        try:
            caller = await hot_route.callers(request)
            ids = {name: UUID(value) for name, value in match.groupdict().items()}
            response = await hot_route.endpoint(request, **{hot_route.caller: caller}, **ids)
        except LaudoError as error:
            response = await laudo_error(request, error)
        except RequestValidationError as error:
            response = await validation_error(request, error)
        await response(scope, receive, send)

    def _find(self, method: str, path: str) -> tuple[_HotRoute, re.Match[str]] | None:
        for hot_route in self._routes.get(method, ()):
            if match := hot_route.path.fullmatch(path):
                return hot_route, match
        return None


def hot_routes_of(api: FastAPI) -> Mapping[str, Sequence[_HotRoute]]:
    """Return the routes marked `@hot`, by method."""
    found: dict[str, list[_HotRoute]] = {}
    for context in iter_route_contexts(api.routes):
        route = context.original_route
        if (
            isinstance(route, APIRoute)
            and getattr(route.endpoint, "is_hot", False)
            and route.include_in_schema
        ):
            path = re.sub(r"\\\{(\w+)\\\}", rf"(?P<\1>{_UUID})", re.escape(str(context.path)))
            caller, declared = _declared_caller(route)
            for verb in route.methods or ():
                hot_route = _HotRoute(re.compile(path), route.endpoint, caller, declared, route)
                found.setdefault(verb, []).append(hot_route)
    return found


def _declared_caller(route: APIRoute) -> tuple[str, Callers | Public]:
    """Return the caller's parameter; raise TypeError for a route that wants anything the fast way does not give."""
    dependant = route.dependant
    (dependency,) = dependant.dependencies
    unknown = [
        *dependant.query_params,
        *dependant.header_params,
        *dependant.cookie_params,
        *dependant.body_params,
    ]
    if (
        unknown
        or not isinstance(dependency.call, Callers | Public)
        or dependant.request_param_name != _REQUEST
    ):
        raise TypeError(f"{route.path} cannot be hot: only the request, its caller and UUIDs of the path")
    return str(dependency.name), dependency.call
