"""One IAM user per service, held to its own policy."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from infra.local.provision.clients import AdminClients
from infra.local.provision.policies import service_policy
from infra.local.provision.secret_store import SecretStore


@dataclass(frozen=True)
class Credentials:
    access_key_id: str
    secret_access_key: str


def provision_identities(
    clients: AdminClients, topology: Mapping[str, Any], key_ids: Mapping[str, str], secrets: SecretStore
) -> dict[str, Credentials]:
    """Create users, policies and access keys; a key the emulator no longer knows is made anew."""
    return {
        service: _user(clients, service, service_policy(topology, service, key_ids), secrets)
        for service in topology["services"]
    }


def stored_credentials(topology: Mapping[str, Any], secrets: SecretStore) -> dict[str, Credentials]:
    return {
        service: Credentials(*secrets.get(f"aws.{service}"))
        for service in topology["services"]
        if secrets.get(f"aws.{service}")
    }


def _user(clients: AdminClients, service: str, policy: dict[str, Any], secrets: SecretStore) -> Credentials:
    user = f"laudo-{service}"
    with suppress(clients.iam.exceptions.EntityAlreadyExistsException):
        clients.iam.create_user(UserName=user)
    clients.iam.put_user_policy(UserName=user, PolicyName=user, PolicyDocument=json.dumps(policy))
    known = {item["AccessKeyId"] for item in clients.iam.list_access_keys(UserName=user)["AccessKeyMetadata"]}
    stored = secrets.get(f"aws.{service}")
    if stored and stored[0] in known:
        return Credentials(*stored)
    for stale in known:
        clients.iam.delete_access_key(UserName=user, AccessKeyId=stale)
    made = clients.iam.create_access_key(UserName=user)["AccessKey"]
    secrets.put(f"aws.{service}", [made["AccessKeyId"], made["SecretAccessKey"]])
    return Credentials(made["AccessKeyId"], made["SecretAccessKey"])
