"""Whether the emulator really holds what topology.json declares, asked quickly.

Plain requests instead of SDK clients: a second start should not wait for those to be built. The emulator
lets its root key in whatever the signature, so none is made.
"""

import http.client
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from infra.local.provision.arns import Arns

_FORM = "application/x-www-form-urlencoded"


class _Emulator:
    def __init__(self, url: str, region: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=10)
        self._region = region

    def json(self, service: str, target: str, version: str) -> str:
        headers = {"X-Amz-Target": target, "Content-Type": f"application/x-amz-json-{version}"}
        return self._ask(service, "POST", "{}", headers)

    def query(self, service: str, action: str, version: str) -> str:
        return self._ask(service, "POST", f"Action={action}&Version={version}", {"Content-Type": _FORM})

    def buckets(self) -> str:
        return self._ask("s3", "GET", "", {})

    def _ask(self, service: str, method: str, body: str, headers: dict[str, str]) -> str:
        scope = f"test/20260101/{self._region}/{service}/aws4_request"
        signed = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
        self._connection.request(
            method, "/", body, {"Authorization": signed, "X-Amz-Date": "20260101T000000Z", **headers}
        )
        return self._connection.getresponse().read().decode()


def missing_resources(url: str, topology: Mapping[str, Any]) -> list[str]:
    """Return the names of what the emulator does not hold."""
    emulator, arns = _Emulator(url, topology["region"]), Arns(topology)
    suffix = topology["queue_settings"]["dead_letter_suffix"]
    queues = emulator.json("sqs", "AmazonSQS.ListQueues", "1.0")
    tables = emulator.json("dynamodb", "DynamoDB_20120810.ListTables", "1.0")
    aliases = emulator.json("kms", "TrentService.ListAliases", "1.1")
    subscriptions = emulator.query("sns", "ListSubscriptions", "2010-03-31")
    users = emulator.query("iam", "ListUsers", "2010-05-08")
    buckets = emulator.buckets()
    rules = emulator.json("events", "AWSEvents.ListRules", "1.1")
    wanted: list[tuple[str, str]] = []
    for name, queue in topology["queues"].items():
        wanted += [(f'/{name}"', queues), (f'/{name}{suffix}"', queues)]
        if "topic" in queue:
            wanted.append((f"<Endpoint>{arns.queue(name)}</Endpoint>", subscriptions))
        if "event_sources" in queue:
            wanted.append((f'"{arns.rule(name)}"', rules))
    wanted += [(f'"{name}"', tables) for name in topology["tables"]]
    wanted += [(f'"alias/{name}"', aliases) for name in topology["keys"]]
    wanted += [(f"<UserName>laudo-{name}</UserName>", users) for name in topology["services"]]
    wanted += [(f"<Name>{name}</Name>", buckets) for name in topology["buckets"]]
    return [sought for sought, answer in wanted if sought not in answer]
