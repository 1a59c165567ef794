"""Where a person signs in from: enough to recognise it on a list, too little to follow anybody."""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network


@dataclass(frozen=True, slots=True)
class Device:
    """`name` is browser and system, e.g. `Firefox, Linux`; `place` the network's prefix; `mark` the keyed hash of
    the browser's own token, which is the one thing that makes a device known. `mark` is None for API clients.
    """

    name: str = ""
    place: str = ""
    mark: bytes | None = None


UNKNOWN = Device()


def place_of(address: str | None) -> str:
    """Return the address's network: /24 for IPv4, /48 for IPv6. The whole address is in the audit alone."""
    if not address:
        return ""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if parsed.version == 6 and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return str(ip_network(f"{parsed}/{24 if parsed.version == 4 else 48}", strict=False))
