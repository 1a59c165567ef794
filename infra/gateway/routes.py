"""Which upstream answers which path: the same table as the production load balancer's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Longest prefix first is not needed: no prefix is the beginning of another.
PREFIXES = {
    "/api/v1/accounts": "accounts",
    "/api/v1/exams": "exam-results",
    "/api/v1/files": "file-management",
    "/api/v1/notifications": "notification",
}
PORTAL = "portal"


@dataclass(frozen=True)
class Routes:
    """`upstreams` maps a service's name to its address, e.g. `http://127.0.0.1:41001`."""

    upstreams: Mapping[str, str]


def service_of(path: str) -> str:
    for prefix, service in PREFIXES.items():
        if path == prefix or path.startswith(prefix + "/"):
            return service
    return PORTAL


# Of one connection only, never passed on (RFC 9110, 7.6.1).
HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"expect",  # answered by the server in front of us
    }
)
# What a client may not say of itself: we say it.
_OURS = frozenset({b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-real-ip", b"forwarded"})

Headers = Sequence[tuple[bytes, bytes]]


def onward_headers(headers: Headers, client: str, scheme: str) -> list[tuple[bytes, bytes]]:
    """Return the request headers for the upstream; Host stays what the person typed."""
    dropped = HOP_BY_HOP | _OURS | _named_by_connection(headers)
    if any(name == b"transfer-encoding" for name, _ in headers):
        dropped |= {b"content-length"}  # two framings of one body are how requests are smuggled
    kept = [(name, value) for name, value in headers if name not in dropped]
    host = next((value for name, value in headers if name == b"host"), b"")
    return [
        *kept,
        (b"x-forwarded-for", client.encode()),
        (b"x-forwarded-proto", scheme.encode()),
        (b"x-forwarded-host", host),
    ]


def backward_headers(headers: Headers) -> list[tuple[bytes, bytes]]:
    """Return the response headers for the client."""
    lowered = [(name.lower(), value) for name, value in headers]
    dropped = HOP_BY_HOP | _named_by_connection(lowered)
    return [(name, value) for name, value in lowered if name not in dropped]


def _named_by_connection(headers: Headers) -> frozenset[bytes]:
    return frozenset(
        part.strip().lower() for name, value in headers if name == b"connection" for part in value.split(b",")
    )
