"""Routes of accounts as token issuer: keys, discovery, and machine clients' tokens."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from services.accounts.application.commands.issue_service_token import IssueServiceToken
from services.accounts.domain.machine_scopes import MachineScope
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.limits import MACHINE_TOKEN
from services.accounts.interface.http.schemas import ServiceTokenView
from services.accounts.interface.http.sessions import never_stored
from services.accounts.interface.http.token_errors import TokenRoute
from services.accounts.interface.http.token_request import read_token_request
from services.shared.platform.http.api import json_response
from services.shared.platform.http.callers import public

_CACHED = {"Cache-Control": "public, max-age=300"}


def issuer_router(issuer: str) -> APIRouter:
    router = APIRouter(tags=["issuer"])

    @router.get("/.well-known/jwks.json")
    async def keys(request: Request, _: Annotated[None, public("keys are for everyone")]) -> Response:
        """The public keys that verify access tokens (RFC 7517)."""
        return json_response(dict(desk_of(request).tokens.public_keys()), headers=_CACHED)

    @router.get("/.well-known/openid-configuration")
    async def configuration(_: Annotated[None, public("discovery is for everyone")]) -> Response:
        """Where keys and tokens are to be had (OpenID Connect Discovery 1.0)."""
        return json_response(
            {
                "issuer": issuer,
                "jwks_uri": f"{issuer}/.well-known/jwks.json",
                "token_endpoint": f"{issuer}/oauth/token",
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "grant_types_supported": ["client_credentials"],
                "response_types_supported": [],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "scopes_supported": ["snapshot:read", "identifiers:read", *MachineScope],
            },
            headers=_CACHED,
        )

    router.add_api_route(
        "/oauth/token",
        issue_token,
        methods=["POST"],
        response_model=ServiceTokenView,
        description=IssueServiceToken.__doc__,
        route_class_override=TokenRoute,
    )
    return router


async def issue_token(
    request: Request,
    response: Response,
    _: Annotated[None, public("the client's secret is the proof", limits=MACHINE_TOKEN)],
) -> ServiceTokenView:
    asked = await read_token_request(request)
    token = await desk_of(request).issue_service_token(asked.client_id, asked.secret, asked.scope)
    never_stored(response)
    response.headers["Pragma"] = "no-cache"  # RFC 6749, 5.1
    return ServiceTokenView(access_token=token.value, expires_in=token.expires_in, scope=token.scope)
