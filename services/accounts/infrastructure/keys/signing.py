"""Signs access tokens with ES256 (RFC 7518), and publishes the public keys (RFC 7517)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey

from services.accounts.application.ports import AccessToken
from services.shared.kernel.principal import Principal

ALGORITHM = "ES256"
LIFETIME_S = 600


class JoseTokenIssuer:
    """`keys` are newest first: the first signs, all of them verify until they retire."""

    def __init__(self, *, issuer: str, audience: str, keys: Sequence[ECKey]) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = keys

    def for_principal(self, principal: Principal, now: datetime) -> AccessToken:
        key = self._keys[0]
        issued_at = int(now.timestamp())
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(principal.account_id),
            "iat": issued_at,
            "exp": issued_at + LIFETIME_S,
            "jti": str(uuid4()),
            "roles": sorted(principal.roles),
            "locale": principal.locale,
            **_optional(principal),
        }
        header = {"alg": ALGORITHM, "kid": key.kid, "typ": "at+jwt"}  # RFC 9068
        return AccessToken(jwt.encode(header, claims, key, algorithms=[ALGORITHM]), LIFETIME_S)

    def public_keys(self) -> Mapping[str, Any]:
        return {"keys": [key.as_dict(private=False) for key in self._keys]}


def _optional(principal: Principal) -> dict[str, Any]:
    claims = {
        "clinic": str(principal.clinic_id) if principal.clinic_id else None,
        "sid": str(principal.session_id) if principal.session_id else None,
        "step_up": int(principal.step_up_at.timestamp()) if principal.step_up_at else None,
        "scope": " ".join(sorted(principal.scopes)) or None,
        "client_id": principal.name or None,
    }
    return {name: value for name, value in claims.items() if value is not None}


def new_signing_key() -> ECKey:
    """Return a new P-256 key whose id is its thumbprint (RFC 7638)."""
    key = ECKey.generate_key("P-256", parameters={"use": "sig", "alg": ALGORITHM})
    return ECKey.import_key({**key.as_dict(private=True), "kid": key.thumbprint()})
