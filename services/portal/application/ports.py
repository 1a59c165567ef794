"""What the portal needs from outside: the services' HTTP API, and a place for secrets that is not the browser."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Json = dict[str, Any]
Service = Literal["accounts", "exams", "files", "notifications"]
Method = Literal["GET", "POST", "PUT", "DELETE"]


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a call is made: the access token, if signed in, and the language answers should be in."""

    locale: str
    token: str | None = None
    address: str | None = None  # the person's network address, for limits and the audit
    agent: str = ""  # what the person's browser calls itself, for the list of devices


class ApiGateway(Protocol):
    async def call(
        self,
        caller: Caller,
        service: Service,
        method: Method,
        path: str,
        *,
        body: Json | None = None,
        params: Mapping[str, str | Sequence[str]] | None = None,
        idempotency_key: str | None = None,
    ) -> Json:
        """Return the answer's JSON object ({} when there is none); raise ApiProblem for every other outcome."""
        ...


class SealedStore(Protocol):
    """Keeps small secrets under an opaque owner id, encrypted, for a while. Losing all of it only signs people out.

    Every method raises ApiProblem(503) when the store does not answer.
    """

    async def get(self, owner: str, slot: str) -> Json | None:
        """Return what was put, or None when there is nothing, it has ended, or it cannot be read any more."""
        ...

    async def put(self, owner: str, slot: str, value: Json, ttl_s: int) -> None: ...

    async def delete(self, owner: str, *slots: str) -> None: ...

    async def claim(self, owner: str, slot: str, ttl_s: int) -> bool:
        """Return True for one caller until `release` or the end of `ttl_s`; False for all others."""
        ...

    async def release(self, owner: str, slot: str) -> None: ...
