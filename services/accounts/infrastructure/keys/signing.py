"""Signs access tokens with ES256 (RFC 7518), and publishes the public keys (RFC 7517)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson
from joserfc.jwk import ECKey
from joserfc.jws import serialize_compact

from services.accounts.application.key_ports import AccessToken
from services.accounts.domain.signing_schedule import TOKEN_LIFETIME, KeyTimes, signer
from services.shared.kernel.principal import Principal

ALGORITHM = "ES256"
LIFETIME_S = int(TOKEN_LIFETIME.total_seconds())


@dataclass(frozen=True, slots=True)
class SigningKey:
    key: ECKey
    signs_from: datetime

    @property
    def times(self) -> KeyTimes:
        return KeyTimes(str(self.key.kid), self.signs_from)


class KeyRing:
    """The keys that are not retired, as far as this process knows: at least one. One signs, all are published."""

    def __init__(self, keys: Iterable[SigningKey]) -> None:
        self.replace(keys)

    def replace(self, keys: Iterable[SigningKey]) -> None:
        by_kid = {each.times.kid: each for each in keys}
        if not by_kid:
            raise ValueError("no signing key")
        self._keys = by_kid

    def signer(self, now: datetime) -> ECKey:
        return self._keys[signer([each.times for each in self._keys.values()], now).kid].key

    @property
    def known(self) -> Mapping[str, SigningKey]:
        return self._keys


class JoseTokenIssuer:
    def __init__(self, *, issuer: str, audience: str, keys: KeyRing) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = keys

    def for_principal(self, principal: Principal, now: datetime) -> AccessToken:
        key = self._keys.signer(now)
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
        token = serialize_compact(header, orjson.dumps(claims), key, algorithms=[ALGORITHM])
        return AccessToken(token, LIFETIME_S)

    def public_keys(self) -> Mapping[str, Any]:
        return {"keys": [each.key.as_dict(private=False) for each in self._keys.known.values()]}


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
