"""Errors of the token route in the shape of RFC 6749, 5.2, which every OAuth library reads.

`error_description` is for developers, in English, in the characters the RFC allows (%x20-21 / %x23-5B / %x5D-7E).
"""

from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute

from services.accounts.domain.errors import CLIENT_INVALID, GRANT_UNSUPPORTED, SCOPE_NOT_GRANTED
from services.accounts.domain.machine_errors import TOKEN_REQUEST_INVALID
from services.shared.kernel.errors import LaudoError
from services.shared.platform.http.problems import laudo_error

_ERRORS = {
    CLIENT_INVALID.code: "invalid_client",
    GRANT_UNSUPPORTED.code: "unsupported_grant_type",
    SCOPE_NOT_GRANTED.code: "invalid_scope",
    TOKEN_REQUEST_INVALID.code: "invalid_request",
}
_NOT_NOW = "temporarily_unavailable"  # of the OAuth registry; for too many requests, and for servers away
_CHALLENGE = 'Basic realm="laudo", charset="UTF-8"'


class TokenRoute(APIRoute):
    """Answers whatever fails on the way, the limits included, in the shape of RFC 6749."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except LaudoError as error:
                return await token_error(request, error)

        return answer


async def token_error(request: Request, error: LaudoError) -> Response:
    """Status and `Retry-After` are those every route gives; the body is the RFC's."""
    usual = await laudo_error(request, error)
    body = {
        "error": _ERRORS.get(error.kind.code, _NOT_NOW),
        "error_description": _allowed(error.sentence("en")),
    }
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    if error.kind is CLIENT_INVALID:
        headers["WWW-Authenticate"] = _CHALLENGE
    if wait := usual.headers.get("retry-after"):
        headers["Retry-After"] = wait
    return Response(orjson.dumps(body), usual.status_code, headers, "application/json")


def _allowed(sentence: str) -> str:
    return "".join(letter for letter in sentence if " " <= letter <= "~" and letter not in '"\\')
