"""Routes of accounts as token issuer: keys, discovery, and machine clients' tokens."""

import base64
import binascii
from typing import Annotated, Any
from urllib.parse import parse_qs, unquote_plus

import orjson
from fastapi import APIRouter, Request, Response

from services.accounts.application.commands.issue_service_token import IssueServiceToken
from services.accounts.domain.errors import CLIENT_INVALID, GRANT_UNSUPPORTED
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.limits import MACHINE_TOKEN
from services.accounts.interface.http.schemas import ServiceTokenView
from services.accounts.interface.http.sessions import never_stored
from services.shared.platform.http.api import json_response
from services.shared.platform.http.callers import public

_FORM = "application/x-www-form-urlencoded"
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
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "grant_types_supported": ["client_credentials"],
                "response_types_supported": [],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "scopes_supported": ["snapshot:read", "identifiers:read"],
            },
            headers=_CACHED,
        )

    router.add_api_route(
        "/oauth/token",
        issue_token,
        methods=["POST"],
        response_model=ServiceTokenView,
        description=IssueServiceToken.__doc__,
    )
    return router


async def issue_token(
    request: Request,
    response: Response,
    _: Annotated[None, public("the client's secret is the proof", limits=MACHINE_TOKEN)],
) -> ServiceTokenView:
    client_id, secret = _basic(request.headers.get("authorization", ""))
    asked = await _parameters(request)
    if asked.get("grant_type") != "client_credentials":
        raise GRANT_UNSUPPORTED.error(field="grant_type")
    token = await desk_of(request).issue_service_token(client_id, secret, str(asked.get("scope", "")))
    never_stored(response)
    return ServiceTokenView(access_token=token.value, expires_in=token.expires_in)


def _basic(header: str) -> tuple[str, str]:
    """Read HTTP Basic as RFC 6749 2.3.1 has it: both parts form-encoded."""
    kind, _, encoded = header.partition(" ")
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise CLIENT_INVALID.error() from None
    client_id, colon, secret = decoded.partition(":")
    if kind.lower() != "basic" or not colon:
        raise CLIENT_INVALID.error()
    return unquote_plus(client_id), unquote_plus(secret)


async def _parameters(request: Request) -> dict[str, Any]:
    """Form-encoded, as the standard has it, or JSON, as our own services send it."""
    body = await request.body()
    if request.headers.get("content-type", "").startswith(_FORM):
        return {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise GRANT_UNSUPPORTED.error() from None
    return parsed if isinstance(parsed, dict) else {}
