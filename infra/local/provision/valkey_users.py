"""One Valkey user per service and the portal, held to its own keys, channels and commands, from topology.json."""

from collections.abc import Mapping
from typing import Any

from infra.local.engines.valkey import ValkeyUser
from infra.local.provision.secret_store import SecretStore


def access_string(topology: Mapping[str, Any], user: str) -> str:
    """Return the user's rules in Valkey's ACL notation, as ElastiCache's `access_string` has them too.

    Keys and channels begin with the user's name and a colon; commands are those of the user's sets and of connecting.
    `readers` may also read another's keys of a pattern and listen at its channels, by a selector of its own (in
    parentheses): were it one rule, whoever may listen there and ring elsewhere could also speak there.
    """
    declared = topology["valkey"]
    sets = declared["command_sets"]
    commands = [name for one in ("connection", *declared["users"][user]) for name in sets[one]]
    own = [f"on ~{user}:* resetchannels &{user}:* -@all", *(f"+{name}" for name in commands)]
    reads = declared["readers"].get(user)
    if reads is None:
        return " ".join(own)
    reading = [f"%R~{reads} resetchannels &{reads} -@all", *(f"+{name}" for name in sets["reading"])]
    return f"{' '.join(own)} ({' '.join(reading)})"


def valkey_users(topology: Mapping[str, Any], secrets: SecretStore) -> list[ValkeyUser]:
    return [
        ValkeyUser(name, secrets.password(f"valkey.{name}"), access_string(topology, name))
        for name in topology["valkey"]["users"]
    ]
