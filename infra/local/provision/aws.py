"""Makes the emulator hold what topology.json declares."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.local.provision.arns import Arns
from infra.local.provision.clients import AdminClients, AwsAccount
from infra.local.provision.identities import Credentials, provision_identities, stored_credentials
from infra.local.provision.messaging import provision_messaging
from infra.local.provision.secret_store import SecretStore
from infra.local.provision.storage import provision_buckets, provision_keys, provision_tables


def provision_aws(url: str, topology: Mapping[str, Any], secrets: SecretStore) -> dict[str, Credentials]:
    """Create what is missing and return each service's own credentials.

    When the declaration is the one of last time and the emulator really has every resource, nothing is done.
    """
    account = AwsAccount(url, topology["region"], topology["account_id"])
    clients = AdminClients(account)
    fingerprint = _fingerprint(topology)
    if secrets.get("aws.fingerprint") == fingerprint and _everything_is_there(clients, topology, secrets):
        return stored_credentials(topology, secrets)
    key_ids = provision_keys(clients, topology)
    provision_messaging(clients, topology)
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


def _everything_is_there(clients: AdminClients, topology: Mapping[str, Any], secrets: SecretStore) -> bool:
    arns = Arns(topology)
    suffix = topology["queue_settings"]["dead_letter_suffix"]
    wanted_queues = {part for name in topology["queues"] for part in (name, name + suffix)}
    queues = {url.rpartition("/")[2] for url in clients.sqs.list_queues(MaxResults=1000).get("QueueUrls", [])}
    subscribed = {item["Endpoint"] for item in clients.sns.list_subscriptions()["Subscriptions"]}
    wanted_endpoints = {arns.queue(name) for name, queue in topology["queues"].items() if "topic" in queue}
    users = {item["UserName"] for item in clients.iam.list_users()["Users"]}
    aliases = {item["AliasName"] for item in clients.kms.list_aliases(Limit=100)["Aliases"]}
    return (
        wanted_queues <= queues
        and wanted_endpoints <= subscribed
        and set(topology["buckets"]) <= {item["Name"] for item in clients.s3.list_buckets()["Buckets"]}
        and set(topology["tables"]) <= set(clients.dynamodb.list_tables()["TableNames"])
        and {f"alias/{name}" for name in topology["keys"]} <= aliases
        and {f"laudo-{service}" for service in topology["services"]} <= users
        and set(stored_credentials(topology, secrets)) == set(topology["services"])
    )
