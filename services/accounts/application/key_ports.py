"""What the signing keys ask of the world: their rotation, and the tokens that are signed with them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.accounts.domain.signing_schedule import KeyChange, KeyTimes
from services.shared.kernel.principal import Principal


class SigningKeyStore(Protocol):
    async def change(self, decide: Callable[[Sequence[KeyTimes]], KeyChange]) -> KeyChange:
        """Give `decide` the keys that are not retired, and do what it answers; one process at a time, all or nothing.
        Return what was done.
        """
        ...


@dataclass(frozen=True, slots=True)
class AccessToken:
    """`scope`: what a program was granted, as RFC 6749 3.3 writes it; people have roles."""

    value: str
    expires_in: int
    scope: str = ""


class TokenIssuer(Protocol):
    def for_principal(self, principal: Principal, now: datetime) -> AccessToken: ...
    def public_keys(self) -> Mapping[str, Any]:
        """Return the JWK set (RFC 7517) that verifies what is issued."""
        ...
