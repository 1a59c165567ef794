"""The address that messages are sent from, and where the provider tells how they went."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from infra.local.provision.arns import Arns
from infra.local.provision.clients import AdminClients

SENDER_DOMAIN = "laudo.example"
TOLD = ("SEND", "REJECT", "BOUNCE", "COMPLAINT", "DELIVERY")
_DESTINATION = "event-bus"


def provision_sending(clients: AdminClients, topology: Mapping[str, Any]) -> None:
    """Create or adjust everything (every call is idempotent)."""
    clients.ses.verify_domain_identity(Domain=SENDER_DOMAIN)
    for service in topology["services"].values():
        if "configuration_set" in service:
            _configuration_set(clients, service["configuration_set"], Arns(topology).event_bus())


def _configuration_set(clients: AdminClients, name: str, event_bus: str) -> None:
    sesv2 = clients.sesv2
    with suppress(sesv2.exceptions.AlreadyExistsException):
        sesv2.create_configuration_set(ConfigurationSetName=name)
    destination = {
        "ConfigurationSetName": name,
        "EventDestinationName": _DESTINATION,
        "EventDestination": {
            "Enabled": True,
            "MatchingEventTypes": list(TOLD),
            "EventBridgeDestination": {"EventBusArn": event_bus},
        },
    }
    try:
        sesv2.create_configuration_set_event_destination(**destination)
    except sesv2.exceptions.AlreadyExistsException:
        sesv2.update_configuration_set_event_destination(**destination)
