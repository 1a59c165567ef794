"""Two Mongo users per service that keeps a database there: app (documents), owner (indexes), from topology.json."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.engines.mongo import MongoServer
from infra.local.provision.secret_store import SecretStore

_CHANGES = frozenset({"update", "remove"})


@dataclass(frozen=True)
class MongoUrls:
    app: str
    owner: str


def privileges(declared: Mapping[str, Any], database: str, role: str) -> list[dict[str, Any]]:
    """Return the role's privileges as `createRole` takes them: collection by collection, so that what is
    append-only has neither update nor remove. The embedded server asks for the database and the action alone.
    """
    actions = declared["roles"][role]
    appending = [action for action in actions if action not in _CHANGES]
    return [
        {
            "resource": {"db": database, "collection": name},
            "actions": appending if name in declared["append_only"] else actions,
        }
        for name in sorted([*declared["collections"], *declared["append_only"]])
    ]


def mongo_urls(
    server: MongoServer, secrets: SecretStore, service_database: str, database: str | None = None
) -> MongoUrls:
    """`database` differs from the service's own name in tests, which make many databases."""
    return MongoUrls(
        **{
            role: server.url(
                f"{service_database}_{role}",
                _password(secrets, service_database, role),
                database or service_database,
            )
            for role in ("app", "owner")
        }
    )


def provision_mongo(
    server: MongoServer, topology: Mapping[str, Any], secrets: SecretStore, database: str | None = None
) -> None:
    """Create or correct roles and users. Nothing is asked when they were made by this very declaration."""
    stamp, wanted = server.home / "users.sha256", _fingerprint(topology, secrets)
    if database is None and stamp.exists() and stamp.read_text() == wanted:
        return
    import pymongo  # a start that finds everything in place does without it

    with pymongo.MongoClient[dict[str, Any]](server.admin_url) as client:
        for service_database, declared in topology["mongo"].items():
            name = database or service_database
            for role in declared["roles"]:
                user = f"{service_database}_{role}"
                _put(client[name], "Role", user, privileges=privileges(declared, name, role), roles=[])
                secret = _password(secrets, service_database, role)
                _put(client[name], "User", user, pwd=secret, roles=[{"role": user, "db": name}])
    if database is None:
        stamp.write_text(wanted)


def _put(database: Any, kind: str, name: str, **content: Any) -> None:
    """`kind` is User or Role."""
    plural = f"{kind.lower()}s"
    verb = "update" if database.command(f"{plural}Info", name)[plural] else "create"
    database.command(f"{verb}{kind}", name, **content)


def _password(secrets: SecretStore, service_database: str, role: str) -> str:
    return secrets.password(f"mongo.{service_database}_{role}")


def _fingerprint(topology: Mapping[str, Any], secrets: SecretStore) -> str:
    passwords = [
        _password(secrets, name, role) for name, item in topology["mongo"].items() for role in item["roles"]
    ]
    return hashlib.sha256(json.dumps([topology["mongo"], passwords], sort_keys=True).encode()).hexdigest()
