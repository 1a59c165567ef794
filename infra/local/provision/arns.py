"""Names of resources in AWS's notation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Arns:
    topology: Mapping[str, Any]

    def _arn(self, service: str, rest: str) -> str:
        return f"arn:aws:{service}:{self.topology['region']}:{self.topology['account_id']}:{rest}"

    def topic(self, name: str) -> str:
        return self._arn("sns", name)

    def queue(self, name: str) -> str:
        return self._arn("sqs", name)

    def rule(self, name: str) -> str:
        return self._arn("events", f"rule/{name}")

    def event_bus(self) -> str:
        return self._arn("events", "event-bus/default")

    def table(self, name: str) -> str:
        return self._arn("dynamodb", f"table/{name}")

    def key(self, key_id: str) -> str:
        return self._arn("kms", f"key/{key_id}")

    def alias(self, name: str) -> str:
        return self._arn("kms", f"alias/{name}")

    def bucket(self, name: str) -> str:
        return f"arn:aws:s3:::{name}"
