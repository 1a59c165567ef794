"""The one declaration of topics, queues, buckets, tables and keys, `topology.json`: Terraform reads it too."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TOPOLOGY_FILE = Path(__file__).resolve().parents[3] / "topology.json"


@dataclass(frozen=True)
class QueueSettings:
    visibility_timeout_s: int
    receive_wait_s: int
    batch_size: int
    max_failures: int  # then a message is a dead letter
    max_receive_count: (
        int  # a process that dies with a message in hand costs it one of these, and is no failure
    )
    retry_delays_s: tuple[int, ...]


@dataclass(frozen=True)
class Topology:
    raw: Mapping[str, Any]

    @property
    def region(self) -> str:
        return str(self.raw["region"])

    @property
    def queue_settings(self) -> QueueSettings:
        settings = self.raw["queue_settings"]
        return QueueSettings(
            visibility_timeout_s=settings["visibility_timeout_s"],
            receive_wait_s=settings["receive_wait_s"],
            batch_size=settings["batch_size"],
            max_failures=settings["max_failures"],
            max_receive_count=settings["max_receive_count"],
            retry_delays_s=tuple(settings["retry_delays_s"]),
        )

    def topic_of(self, service: str) -> str:
        """Return the topic that `service` (hyphenated name) publishes to; KeyError when it has none."""
        for name, topic in self.raw["topics"].items():
            if topic["producer"] == service:
                return str(name)
        raise KeyError(service)

    def queues_of(self, service: str) -> list[str]:
        return [name for name, queue in self.raw["queues"].items() if queue["consumer"] == service]

    def dead_letters_of(self, queue: str) -> str:
        return queue + str(self.raw["queue_settings"]["dead_letter_suffix"])

    def types_of(self, queue: str) -> frozenset[str]:
        return frozenset(self.raw["queues"][queue]["types"])

    def topic_arn(self, topic: str) -> str:
        return f"arn:aws:sns:{self.region}:{self.raw['account_id']}:{topic}"

    def is_topic(self, destination: str) -> bool:
        return destination in self.raw["topics"]


@cache
def load_topology(account_id: str | None = None) -> Topology:
    """Read the declaration; `account_id` is the AWS account the process runs in, the emulator's when None."""
    raw = json.loads(TOPOLOGY_FILE.read_text(encoding="utf-8"))
    return Topology(raw | {"account_id": account_id} if account_id else raw)
