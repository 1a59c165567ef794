"""Verifies access tokens locally against the issuer's JWKS (RFC 7519, RFC 7517, RFC 8725).

A verified token is remembered for up to 30 s, never past its own end. Whether its session was revoked is asked every
time, of a memory that `platform/revocations.py` keeps current: no network call.
"""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

import httpx
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from services.shared.kernel.errors import UNAVAILABLE, Category, ErrorKind
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.logs import get_logger
from services.shared.platform.revocations import Revocations

ALGORITHMS = ["ES256", "RS256"]
_REMEMBER_S = 30.0
_REMEMBER_AT_MOST = 10_000
_REFETCH_AFTER_S = 10.0
_LEEWAY_S = 10

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
    ) -> None:
        self._issuer = issuer
        self._audience = audience
        self._url = jwks_url
        self._http = http
        self._revocations = revocations
        self._keys: KeySet | None = None
        self._fetched_at = 0.0
        self._fetching = asyncio.Lock()
        self._remembered: dict[str, tuple[float, Principal]] = {}

    async def verify(self, token: str) -> Principal:
        now = time.time()
        known = self._remembered.get(token)
        if known is not None and known[0] > now:
            return self._not_revoked(known[1])
        claims = await self._claims(token)
        principal = self._not_revoked(self._principal(claims))
        if len(self._remembered) >= _REMEMBER_AT_MOST:
            self._remembered.clear()
        self._remembered[token] = (min(now + _REMEMBER_S, float(claims["exp"])), principal)
        return principal

    def _not_revoked(self, principal: Principal) -> Principal:
        session_id = principal.session_id
        if session_id is not None and self._revocations.is_revoked(session_id):
            raise TOKEN_INVALID.error()
        return principal

    async def _claims(self, token: str) -> dict[str, Any]:
        keys = self._keys or await self._fetch()
        try:
            return self._decode(token, keys)
        except InvalidKeyIdError:  # the issuer may have rotated
            keys = await self._fetch()
        except (JoseError, ValueError):
            raise TOKEN_INVALID.error() from None
        try:
            return self._decode(token, keys)
        except (JoseError, ValueError):
            raise TOKEN_INVALID.error() from None

    def _decode(self, token: str, keys: KeySet) -> dict[str, Any]:
        """Check signature, algorithm, type and the registered claims; raise InvalidKeyIdError on an unknown key."""
        decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        rules = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        rules.validate(decoded.claims)
        return dict(decoded.claims)

    def _principal(self, claims: dict[str, Any]) -> Principal:
        try:
            step_up = claims.get("step_up")
            return Principal(
                account_id=UUID(str(claims["sub"])),
                roles=frozenset(Role(role) for role in claims.get("roles", [])),
                clinic_id=UUID(claims["clinic"]) if claims.get("clinic") else None,
                scopes=frozenset(str(claims.get("scope", "")).split()),
                step_up_at=datetime.fromtimestamp(step_up, UTC) if step_up else None,
                locale=str(claims.get("locale", "pt-BR")),
                session_id=UUID(claims["sid"]) if claims.get("sid") else None,
                name=str(claims.get("client_id", "")),
            )
        except (ValueError, TypeError, AttributeError, OverflowError):
            raise TOKEN_INVALID.error() from None

    async def _fetch(self) -> KeySet:
        """Fetch the key set, at most once in ten seconds however many tokens carry unknown keys."""
        async with self._fetching:
            if self._keys is not None and time.monotonic() - self._fetched_at < _REFETCH_AFTER_S:
                return self._keys
            try:
                answer = await self._http.get(self._url, timeout=3)
                answer.raise_for_status()
                self._keys = KeySet.import_key_set(answer.json())
            except (httpx.HTTPError, ValueError) as error:
                get_logger().warning("jwks.unreachable", exc_info=error)
                if self._keys is None:
                    raise UNAVAILABLE.error() from error
            self._fetched_at = time.monotonic()
            assert self._keys is not None
            return self._keys
