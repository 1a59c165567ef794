"""Makes the emulator hold what topology.json declares."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.local.provision.clients import AdminClients, AwsAccount
from infra.local.provision.identities import Credentials, provision_identities, stored_credentials
from infra.local.provision.messaging import provision_messaging
from infra.local.provision.presence import missing_resources
from infra.local.provision.secret_store import SecretStore
from infra.local.provision.sending import provision_sending
from infra.local.provision.storage import provision_buckets, provision_keys, provision_tables


def provision_aws(url: str, topology: Mapping[str, Any], secrets: SecretStore) -> dict[str, Credentials]:
    """Create what is missing and return each service's own credentials.

    When the declaration is the one of last time and the emulator really has every resource, nothing is done.
    """
    fingerprint = _fingerprint(topology)
    if secrets.get("aws.fingerprint") == fingerprint and _everything_is_there(url, topology, secrets):
        return stored_credentials(topology, secrets)
    clients = AdminClients(AwsAccount(url, topology["region"], topology["account_id"]))
    key_ids = provision_keys(clients, topology)
    provision_messaging(clients, topology)
    provision_sending(clients, topology)
    provision_buckets(clients, topology)
    provision_tables(clients, topology)
    credentials = provision_identities(clients, topology, key_ids, secrets)
    secrets.put("aws.fingerprint", fingerprint)
    return credentials


def _fingerprint(topology: Mapping[str, Any]) -> str:
    """Changes with the declaration and with the code that carries it out."""
    digest = hashlib.sha256(json.dumps(topology, sort_keys=True).encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _everything_is_there(url: str, topology: Mapping[str, Any], secrets: SecretStore) -> bool:
    known = stored_credentials(topology, secrets)
    return set(known) == set(topology["services"]) and not missing_resources(url, topology)
