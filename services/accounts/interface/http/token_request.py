"""Reads a token request: who the client is (RFC 6749, 2.3.1) and what it asks for (4.4.2)."""

import base64
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote_plus

import orjson
from fastapi import Request

from services.accounts.domain.errors import CLIENT_INVALID, GRANT_UNSUPPORTED
from services.accounts.domain.machine_errors import TOKEN_REQUEST_INVALID

_FORM = "application/x-www-form-urlencoded"
_GRANT = "client_credentials"


@dataclass(frozen=True, slots=True)
class TokenRequest:
    client_id: str
    secret: str
    scope: str


async def read_token_request(request: Request) -> TokenRequest:
    """Read it; raise `client_invalid`, `grant_unsupported` or `token_request_invalid`.

    The client presents itself in the header (client_secret_basic) or in the body (client_secret_post), never in both.
    """
    asked = await _parameters(request)
    client_id, secret = _client(request.headers.get("authorization"), asked)
    if not (
        client_id.isascii() and client_id.isprintable()
    ):  # VSCHAR, RFC 6749 appendix A.1; nothing to look up
        raise CLIENT_INVALID.error()
    if not (grant := asked.get("grant_type")):
        raise TOKEN_REQUEST_INVALID.error(field="grant_type")
    if grant != _GRANT:
        raise GRANT_UNSUPPORTED.error(field="grant_type")
    return TokenRequest(client_id, secret, asked.get("scope", ""))


def _client(header: str | None, asked: dict[str, str]) -> tuple[str, str]:
    if header is None:
        if "client_id" not in asked or "client_secret" not in asked:
            raise CLIENT_INVALID.error()
        return asked["client_id"], asked["client_secret"]
    if "client_secret" in asked:
        raise TOKEN_REQUEST_INVALID.error(field="client_secret")
    client_id, secret = _basic(header)
    if asked.get("client_id", client_id) != client_id:
        raise TOKEN_REQUEST_INVALID.error(field="client_id")
    return client_id, secret


def _basic(header: str) -> tuple[str, str]:
    """Read HTTP Basic as RFC 6749 2.3.1 has it: both parts form-encoded."""
    kind, _, encoded = header.partition(" ")
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except ValueError:  # no Base64, or no UTF-8 inside
        raise CLIENT_INVALID.error() from None
    client_id, colon, secret = decoded.partition(":")
    if kind.lower() != "basic" or not colon:
        raise CLIENT_INVALID.error()
    return unquote_plus(client_id), unquote_plus(secret)


async def _parameters(request: Request) -> dict[str, str]:
    """Form-encoded, as the standard has it, or JSON, as our own services send it. An empty one is an absent one, and
    one given twice is refused (RFC 6749, 3.2).
    """
    body = await request.body()
    is_form = request.headers.get("content-type", "").startswith(_FORM)
    found = _form(body) if is_form else _json(body)
    return {name: value for name, value in found.items() if value}


def _form(body: bytes) -> dict[str, str]:
    try:
        found = parse_qs(body.decode(), max_num_fields=20)
    except ValueError:  # no UTF-8, or more fields than any request has
        raise TOKEN_REQUEST_INVALID.error() from None
    if any(len(values) > 1 for values in found.values()):
        raise TOKEN_REQUEST_INVALID.error()
    return {name: values[0] for name, values in found.items()}


def _json(body: bytes) -> dict[str, str]:
    try:
        found: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise TOKEN_REQUEST_INVALID.error() from None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise TOKEN_REQUEST_INVALID.error()
    return found
