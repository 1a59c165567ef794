"""The signature of a route states who may call it; a test fails for a route that does not.

async def register(caller: Annotated[Principal, callers(Role.DOCTOR, Role.RECEPTIONIST)]) -> ...
async def jwks(_: Annotated[None, public("keys are for everyone")]) -> ...

A `scope` is what programs (machine clients and services) must have been granted; people have roles.

And how often: `limits=` names other limits than the usual ones, `()` none.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute, iter_route_contexts

from services.shared.kernel.errors import FORBIDDEN, Category, ErrorKind
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.auth import TOKEN_MISSING, TokenVerifier
from services.shared.platform.http.limits import PER_ADDRESS, PER_PERSON, Limits
from services.shared.platform.rate_limits.limit import Limit

PROGRAMS = (Role.INTEGRATION, Role.SERVICE)
SCOPE_MISSING = ErrorKind(
    "auth.scope_missing",
    Category.FORBIDDEN,
    "Este programa não tem permissão para isto. Peça ao administrador da clínica uma integração que a tenha.",
    "This program may not do this. Ask the clinic's administrator for an integration that may.",
)


class Callers:
    """A dependency that lets in the named roles (any of them); programs with the scope where one is named."""

    def __init__(self, roles: tuple[Role, ...], scope: str | None, limits: tuple[Limit, ...]) -> None:
        self.roles = roles
        self.scope = scope
        self.limits = limits

    async def __call__(self, request: Request) -> Principal:
        header = request.headers.get("authorization", "")
        kind, _, token = header.partition(" ")
        if kind.lower() != "bearer" or not token:
            raise TOKEN_MISSING.error()
        verifier: TokenVerifier = request.app.state.token_verifier
        principal = await verifier.verify(token)
        if not principal.has(*self.roles):
            raise FORBIDDEN.error()
        if self.scope and principal.has(*PROGRAMS) and self.scope not in principal.scopes:
            raise SCOPE_MISSING.error()
        if self.limits:
            counted: Limits = request.app.state.limits
            await counted.check(request, self.limits, principal)
        return principal


class Public:
    """A dependency that lets everyone in, for the stated reason."""

    def __init__(self, reason: str, limits: tuple[Limit, ...]) -> None:
        self.reason = reason
        self.limits = limits

    async def __call__(self, request: Request) -> None:
        if self.limits:
            counted: Limits = request.app.state.limits
            await counted.check(request, self.limits)


def callers(*roles: Role, scope: str | None = None, limits: tuple[Limit, ...] = PER_PERSON) -> Any:
    if not roles:
        raise ValueError("name at least one role")
    return Depends(Callers(roles, scope, limits))


def public(reason: str, *, limits: tuple[Limit, ...] = PER_ADDRESS) -> Any:
    return Depends(Public(reason, limits))


def undeclared_routes(app: FastAPI) -> Iterator[str]:
    """Yield every route whose signature does not state who may call it."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute):
            continue
        if not any(isinstance(part.call, Callers | Public) for part in route.dependant.dependencies):
            yield f"{sorted(route.methods or ())} {context.path}"


def address_of(request: Request) -> str | None:
    """The caller's network address, as the gateway states it (uvicorn trusts the gateway's header alone)."""
    return request.client.host if request.client else None
