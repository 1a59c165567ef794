"""Another issuer whose tokens are accepted (Amazon Cognito, Keycloak, any OpenID Connect provider), as the settings
describe it; docs/security/tokens.md is the operator's guide.
"""

from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.shared.kernel.principal import STAFF, Role

_PRESETS: dict[str, dict[str, Any]] = {
    # An access token of Cognito has no `aud`; its id token has, and `token_use` says which it is:
    # https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
    "cognito": {
        "audience_claim": "client_id",
        "access_claim": "token_use",
        "access_value": "access",
        "roles_claim": "cognito:groups",
        "person_claim": "username",
    },
    # Keycloak says in the claim `typ` whether a token is for access (Bearer), an ID or a Refresh token.
    "keycloak": {
        "access_claim": "typ",
        "access_value": "Bearer",
        "roles_claim": "realm_access.roles",
        "person_claim": "laudo_person_id",
    },
    "oidc": {},
}


class OtherIssuer(BaseModel):
    """What is not mapped is not granted. Nobody gets scopes, a step-up or the roles of programs from another issuer.

    `roles` maps their names to ours: those of staff alone, since a patient is of every clinic, and no account is bound
    to an issuer: one that could say "patient" could be anybody. Staff are of one of `clinics`: the one that
    `clinic_claim` names, or the only one. `person_claim` holds the person's id in Laudo. Without `access_claim` the
    token's header must say `at+jwt` (RFC 9068). A claim is named by its own name or by a path with dots. `longest_s`
    is the longest life of a token: it cannot be revoked here before it ends.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str = Field(pattern=r"^https?://")
    kind: Literal["oidc", "cognito", "keycloak"] = "oidc"
    audiences: tuple[str, ...] = Field(min_length=1)
    audience_claim: str = "aud"
    access_claim: str | None = None
    access_value: str | None = None
    person_claim: str
    roles_claim: str
    roles: dict[str, Role]
    clinic_claim: str | None = None
    clinics: frozenset[UUID] = frozenset()
    jwks_url: str | None = None  # None: by discovery
    longest_s: int = Field(900, ge=60, le=3600)

    @model_validator(mode="before")
    @classmethod
    def _with_preset(cls, told: Any) -> Any:
        return {**_PRESETS.get(told.get("kind", ""), {}), **told} if isinstance(told, dict) else told

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        if not STAFF.issuperset(self.roles.values()):
            raise ValueError(
                "another issuer speaks for staff of named clinics, never for patients or programs"
            )
        if not self.clinics:
            raise ValueError("name the clinics that this issuer may speak for")
        if len(self.clinics) > 1 and self.clinic_claim is None:
            raise ValueError("with several clinics a claim must say which")
        if (self.access_claim is None) != (self.access_value is None):
            raise ValueError("access_claim and access_value belong together")
        return self
