"""Who is at the door, before anybody is known: an address, a browser, and perhaps a token kept by that browser."""

import secrets
from dataclasses import dataclass

from services.accounts.application.ports import IdentifierVault
from services.accounts.application.sign_in_ports import DeviceNames
from services.accounts.domain.device import Device, place_of


@dataclass(frozen=True, slots=True)
class Visitor:
    """`device_token` is what the portal's long-lived cookie holds; API clients send none."""

    address: str | None = None
    agent: str = ""
    device_token: str | None = None


class Recognition:
    def __init__(self, vault: IdentifierVault, names: DeviceNames) -> None:
        self._vault = vault
        self._names = names

    def device_of(self, visitor: Visitor) -> Device:
        token = visitor.device_token
        mark = self._vault.lookup(token, purpose="device") if token else None
        return Device(self._names.name(visitor.agent), place_of(visitor.address), mark)

    def trace_of(self, device: Device) -> bytes:
        """What tells an old device from a new one for the alert: its mark, else its name and network together.

        The second is easily imitated: it silences an alert, but never counts as a known device at the guess limit.
        """
        return device.mark or self._vault.lookup(f"{device.name}|{device.place}", purpose="device-by-network")


def new_device_token() -> str:
    return secrets.token_urlsafe(32)
