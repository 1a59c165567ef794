"""An issuer whose tokens are accepted: its keys, what its tokens must say, and whom they name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from joserfc.jws import JWSRegistry
from joserfc.registry import JWS_HEADER_REGISTRY, HeaderRegistryDict

from services.shared.kernel.principal import Principal, Role
from services.shared.platform.issuers.other_issuer import OtherIssuer
from services.shared.platform.issuers.published_keys import PublishedKeys

Claims = dict[str, Any]
LEEWAY_S = 10
_OWN_ALGORITHMS, _OTHER_ALGORITHMS = ("ES256",), ("ES256", "RS256")
_ROLES = {role.value: role for role in Role}
_NUMBERS = {int, float}  # a JSON number; True is none
_ACCESS_TOKEN = frozenset({"at+jwt", "application/at+jwt"})  # RFC 9068, 4


class SignatureRules(JWSRegistry):
    """Signatures by the named algorithms alone, under headers that name no key but by `kid`: a token that brings a key
    or an address of one (`jwk`, `jku`, `x5u`, `x5c`), or demands anything (`crit`), is refused (RFC 8725, 3.10).
    """

    default_header_registry: HeaderRegistryDict = {  # noqa: RUF012  joserfc declares it so
        name: JWS_HEADER_REGISTRY[name] for name in ("alg", "kid", "typ", "x5t", "x5t#S256")
    }
    max_payload_length = 8_192


@dataclass(frozen=True, slots=True)
class ClaimRules:
    """The registered claims (RFC 7519, 4.1): of this issuer, for us, about somebody, in time.

    Plain comparisons: joserfc's registry of claims takes five times as long, a tenth of the whole verification.
    """

    issuer: str
    audience_claim: str
    audiences: frozenset[str]
    seconds: Callable[[], float]

    def check(self, claims: Claims) -> None:
        """Raise ValueError, TypeError or KeyError for what is not acceptable."""
        audience, subject = claims[self.audience_claim], claims["sub"]
        named = [audience] if isinstance(audience, str) else audience
        if not isinstance(named, list) or self.audiences.isdisjoint(named) or claims["iss"] != self.issuer:
            raise ValueError("of another issuer, or for somebody else")
        if not isinstance(subject, str) or not subject:
            raise ValueError("about nobody")
        ends, issued, begins = claims["exp"], claims["iat"], claims.get("nbf", 0)
        if not {type(ends), type(issued), type(begins)} <= _NUMBERS:
            raise TypeError("no moment")
        now = self.seconds()
        if ends <= now - LEEWAY_S or max(issued, begins) > now + LEEWAY_S:
            raise ValueError("not now")


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """`principal` raises one of those, or AttributeError or OverflowError, for claims that name nobody."""

    name: str
    keys: PublishedKeys
    signatures: JWSRegistry
    claims: ClaimRules
    is_access_token: Callable[[Claims, Claims], bool]  # of header and claims
    principal: Callable[[Claims], Principal]


def own_issuer(
    issuer: str, audience: str, keys: PublishedKeys, seconds: Callable[[], float]
) -> TrustedIssuer:
    """accounts: every claim is ours, a role nobody knows is a mistake."""
    return TrustedIssuer(
        name=issuer,
        keys=keys,
        signatures=SignatureRules(algorithms=_OWN_ALGORITHMS),
        claims=ClaimRules(issuer, "aud", frozenset({audience}), seconds),
        is_access_token=_says_access,
        principal=_own_principal,
    )


def other_issuer(told: OtherIssuer, keys: PublishedKeys, seconds: Callable[[], float]) -> TrustedIssuer:
    def is_access_token(header: Claims, claims: Claims) -> bool:
        if claims["exp"] - claims["iat"] > told.longest_s:
            return False
        if told.access_claim is None:
            return _says_access(header, claims)
        return bool(claim_at(claims, told.access_claim) == told.access_value)

    return TrustedIssuer(
        name=told.issuer,
        keys=keys,
        signatures=SignatureRules(algorithms=_OTHER_ALGORITHMS),
        claims=ClaimRules(told.issuer, told.audience_claim, frozenset(told.audiences), seconds),
        is_access_token=is_access_token,
        principal=lambda claims: mapped_principal(told, claims),
    )


def _says_access(header: Claims, _: Claims) -> bool:
    return header.get("typ") in _ACCESS_TOKEN


def _own_principal(claims: Claims) -> Principal:
    step_up = claims.get("step_up")
    return Principal(
        account_id=UUID(str(claims["sub"])),
        roles=frozenset([_ROLES[role] for role in claims.get("roles", ())]),
        clinic_id=UUID(claims["clinic"]) if claims.get("clinic") else None,
        scopes=frozenset(str(claims.get("scope", "")).split()),
        step_up_at=datetime.fromtimestamp(step_up, UTC) if step_up else None,
        locale=str(claims.get("locale", "pt-BR")),
        session_id=UUID(claims["sid"]) if claims.get("sid") else None,
        name=str(claims.get("client_id", "")),
    )


def mapped_principal(told: OtherIssuer, claims: Claims) -> Principal:
    """Return the member of staff that another issuer's claims name; what accounts itself would never issue (auditor
    and more, staff of no clinic named in the settings) has no role at all.
    """
    named = claim_at(claims, told.roles_claim)
    names = named.split() if isinstance(named, str) else named if isinstance(named, list) else []
    roles = frozenset(told.roles[name] for name in names if isinstance(name, str) and name in told.roles)
    clinic_id = _clinic(told, claims) if roles else None
    is_odd = clinic_id is None or (Role.AUDITOR in roles and len(roles) > 1)
    return Principal(
        account_id=UUID(str(claim_at(claims, told.person_claim))),
        roles=frozenset() if is_odd else roles,
        clinic_id=None if is_odd else clinic_id,
        locale="en" if str(claims.get("locale", "")).startswith("en") else "pt-BR",
    )


def _clinic(told: OtherIssuer, claims: Claims) -> UUID | None:
    if told.clinic_claim is None:
        return next(iter(told.clinics), None)
    try:
        clinic_id = UUID(str(claim_at(claims, told.clinic_claim)))
    except ValueError:
        return None
    return clinic_id if clinic_id in told.clinics else None


def claim_at(claims: Claims, path: str) -> Any:
    """Return the claim of this name, or what lies at the path (`realm_access.roles`); None when there is none."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found
