"""Rate limits at the edge: what a route declares, whom it counts, and the header fields that say so.

`RateLimit-Policy` and `RateLimit` as draft-ietf-httpapi-ratelimit-headers-11 has them (structured fields, RFC 9651):

    RateLimit-Policy: "sign-in";q=20;w=300, "sign-in-address";q=120;w=60
    RateLimit: "sign-in";r=19;t=300, "sign-in-address";r=118;t=41
"""

import ipaddress
import math
import unicodedata
from collections.abc import Hashable, Sequence
from dataclasses import replace
from functools import lru_cache

import orjson
from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.shared.kernel.errors import Category, ErrorKind
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.rate_limits.in_process import InProcessCounter
from services.shared.platform.rate_limits.limit import By, Counter, Limit, Taken

PER_PERSON = (Limit("person", 1200, 60, By.PERSON),)
"""What one person asks of one route when nothing else is declared: more than any page does, less than a scraper."""

PER_ADDRESS = (Limit("address", 1200, 60, By.ADDRESS),)
"""The same for routes that ask for no account."""

LIMITED = ErrorKind(
    "rate.limited",
    Category.RATE_LIMITED,
    "Recebemos pedidos demais em pouco tempo. Nada foi perdido; aguarde {wait_seconds} s e tente de novo.",
    "We received too many requests in a short time. Nothing was lost; wait {wait_seconds} s and try again.",
)
_STATED = "laudo.limits"
_LONGEST_LOGIN = 254
_Found = list[tuple[Limit, Taken]]


class Limits:
    """Kept on `app.state.limits`. `factor` multiplies every amount: benches and fault tests come from one address."""

    def __init__(self, shared: Counter | None = None, *, factor: int = 1) -> None:
        self._own = InProcessCounter()
        self._shared = shared or self._own
        self._factor = factor
        self._multiplied: dict[int, tuple[tuple[Limit, ...], tuple[Limit, ...]]] = {}

    async def check(
        self, request: Request, limits: tuple[Limit, ...], principal: Principal | None = None
    ) -> None:
        """Count the request; raise `rate.limited` when one of the limits is used up. Our own services have none."""
        if principal is not None and Role.SERVICE in principal.roles:
            return
        found: _Found = request.scope.setdefault(_STATED, [])
        for limit in limits if self._factor == 1 else self._times_factor(limits):
            if principal is not None and limit.by is By.PERSON:  # the hot reads' way
                subject: Hashable = principal.account_id
            else:
                subject = await _subject(request, limit.by)
            if limit.shared:
                taken = await self._shared.take(limit, subject)
            else:
                taken = self._own.take_now(limit, (request.scope["route"].path, subject))
            found.append((limit, taken))
            if not taken.is_allowed:
                raise LIMITED.error(wait_seconds=_whole_seconds(taken))

    def _times_factor(self, limits: tuple[Limit, ...]) -> tuple[Limit, ...]:
        """Return them multiplied, made once per declaration: hashing one costs more than counting."""
        known = self._multiplied.get(id(limits))
        if known is None:
            known = limits, tuple(replace(limit, amount=limit.amount * self._factor) for limit in limits)
            self._multiplied[id(limits)] = known
        return known[1]


class LimitsStated:
    """Adds the header fields to the answer of a route that counted, whatever kind of answer it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        found: _Found = []
        scope[_STATED] = found

        async def state(message: Message) -> None:
            if found and message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_header_fields(found)]
            await send(message)

        await self._app(scope, receive, state)


def _header_fields(found: _Found) -> Sequence[tuple[bytes, bytes]]:
    policy = ", ".join([f'"{limit.name}";q={limit.amount};w={limit.seconds}' for limit, _ in found])
    left = ", ".join(
        [f'"{limit.name}";r={taken.remaining};t={_whole_seconds(taken)}' for limit, taken in found]
    )
    return (b"ratelimit-policy", policy.encode()), (b"ratelimit", left.encode())


def _whole_seconds(taken: Taken) -> int:
    return max(1, math.ceil(taken.next_in_s))


async def _subject(request: Request, by: By) -> Hashable:
    if by is By.PERSON:
        raise TypeError("a limit per person stands on a route with callers")
    network = network_of(request.client.host if request.client else "")
    return network if by is By.ADDRESS else f"{network}|{await _login(request)}"


@lru_cache(maxsize=10_000)
def network_of(address: str) -> str:
    """Return what counts as one caller: the IPv4 address, or the IPv6 network of 64 bits that a household is given."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


async def _login(request: Request) -> str:
    """Return the body's `login`, its spellings made one; the route itself refuses what is none."""
    try:
        body = orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        return ""
    typed = body.get("login") if isinstance(body, dict) else None
    if not isinstance(typed, str):
        return ""
    plain = unicodedata.normalize("NFKC", typed[:_LONGEST_LOGIN]).casefold()
    return "".join(character for character in plain if character.isalnum())
