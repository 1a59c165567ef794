"""Verifies access tokens locally against their issuer's published keys (RFC 7519, RFC 7517, RFC 8725, RFC 9068).

The issuer is accounts, or one that the settings name besides. A verified token is remembered for up to 30 s, never past
its own end. Whether its session was revoked is asked every time, of a memory that `platform/revocations.py` keeps
current: no network call.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import httpx
import orjson
from joserfc.errors import JoseError
from joserfc.jws import CompactSignature, extract_compact, validate_compact

from services.shared.kernel.errors import Category, ErrorKind
from services.shared.kernel.principal import Principal
from services.shared.platform.issuers.other_issuer import OtherIssuer
from services.shared.platform.issuers.published_keys import PublishedKeys
from services.shared.platform.issuers.trusted_issuer import (
    SignatureRules,
    TrustedIssuer,
    other_issuer,
    own_issuer,
)
from services.shared.platform.revocations import Revocations

_REMEMBER_S = 30.0
_REMEMBER_AT_MOST = 10_000
_LONGEST = 8_192  # characters
_FORM = SignatureRules()
_NO_TOKEN = (JoseError, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)

TOKEN_MISSING = ErrorKind(
    "auth.token_missing",
    Category.UNAUTHENTICATED,
    "Entre com seu usuário e senha para continuar.",
    "Sign in to continue.",
)
TOKEN_INVALID = ErrorKind(
    "auth.token_invalid",
    Category.UNAUTHENTICATED,
    "Sua sessão terminou ou não é válida. Entre de novo.",
    "Your session has ended or is not valid. Sign in again.",
)


class TokenVerifier(Protocol):
    async def verify(self, token: str) -> Principal:
        """Return who the token names; raise `auth.token_invalid`, or `unavailable` when no key can be had."""
        ...


class JwksTokenVerifier:
    def __init__(
        self,
        *,
        issuer: str,
        audience: str,
        jwks_url: str,
        http: httpx.AsyncClient,
        revocations: Revocations,
        others: Sequence[OtherIssuer] = (),
        seconds: Callable[[], float] = time.time,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        own = PublishedKeys(http, issuer=issuer, jwks_url=jwks_url, seconds=elapsed)
        trusted = [own_issuer(issuer, audience, own, seconds)]
        for told in others:
            keys = PublishedKeys(http, issuer=told.issuer, jwks_url=told.jwks_url, seconds=elapsed)
            trusted.append(other_issuer(told, keys, seconds))
        self._issuers = {each.name: each for each in trusted}
        if len(self._issuers) != len(trusted):
            raise ValueError("an issuer is named twice")
        self._revocations = revocations
        self._seconds = seconds
        self._remembered: dict[str, tuple[float, Principal]] = {}

    async def verify(self, token: str) -> Principal:
        now = self._seconds()
        known = self._remembered.get(token)
        if known is not None and known[0] > now:
            return self._not_revoked(known[1])
        principal, expires_at = await self._verified(token)
        self._not_revoked(principal)
        if len(self._remembered) >= _REMEMBER_AT_MOST:
            self._remembered.clear()
        self._remembered[token] = (min(now + _REMEMBER_S, expires_at), principal)
        return principal

    def _not_revoked(self, principal: Principal) -> Principal:
        session_id = principal.session_id
        if session_id is not None and self._revocations.is_revoked(session_id):
            raise TOKEN_INVALID.error()
        return principal

    async def _verified(self, token: str) -> tuple[Principal, float]:
        """The issuer is the one that the token claims; its own keys alone, and its own rules, decide whether it is."""
        try:
            signed, claims = _read(token)
            issuer, kid = self._issuers[claims["iss"]], signed.protected["kid"]
        except _NO_TOKEN:
            raise TOKEN_INVALID.error() from None
        key = await issuer.keys.find(kid) if isinstance(kid, str) and kid else None
        try:
            if key is None or not validate_compact(signed, key, registry=issuer.signatures):
                raise TOKEN_INVALID.error()
            return _named(issuer, signed.protected, claims), float(claims["exp"])
        except _NO_TOKEN:
            raise TOKEN_INVALID.error() from None


def _read(token: str) -> tuple[CompactSignature, dict[str, Any]]:
    """Return what the token says of itself, unverified; raise one of `_NO_TOKEN` when it is none."""
    if len(token) > _LONGEST:
        raise ValueError("too long")
    signed = extract_compact(token.encode("ascii"), registry=_FORM)
    claims = orjson.loads(signed.payload)
    if not isinstance(signed.protected, dict) or not isinstance(claims, dict):
        raise TypeError("no objects")
    return signed, claims


def _named(issuer: TrustedIssuer, header: dict[str, Any], claims: dict[str, Any]) -> Principal:
    issuer.claims.check(claims)
    if not issuer.is_access_token(header, claims):
        raise ValueError("a token for something else")
    return issuer.principal(claims)
