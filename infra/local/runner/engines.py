"""The four embedded servers of one installation, and what is provisioned in them."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.engines.aws import AwsServer
from infra.local.engines.mongo import ADMIN as MONGO_ADMIN
from infra.local.engines.mongo import MongoServer
from infra.local.engines.postgres import PostgresServer
from infra.local.engines.server import Server
from infra.local.engines.valkey import ADMIN as VALKEY_ADMIN
from infra.local.engines.valkey import ValkeyServer
from infra.local.provision.databases import provision_database
from infra.local.provision.secret_store import SecretStore
from infra.local.provision.valkey_users import valkey_users
from infra.local.runner.data_folder import DataFolder

NAMES = ("postgres", "valkey", "mongo", "aws")


@dataclass
class Engines:
    postgres: PostgresServer
    valkey: ValkeyServer
    mongo: MongoServer
    aws: AwsServer

    def __iter__(self) -> Iterator[Server]:
        return iter((self.postgres, self.valkey, self.mongo, self.aws))


def build_engines(
    folder: DataFolder,
    ports: Mapping[str, int],
    secrets: SecretStore,
    topology: Mapping[str, Any],
    *,
    durable: bool,
) -> Engines:
    def log(name: str) -> Path:
        return folder.log(name).with_suffix(".log")

    return Engines(
        PostgresServer(
            folder.path / "postgres",
            ports["postgres"],
            secrets.password("postgres.admin"),
            durable=durable,
            log=log("postgres"),
        ),
        ValkeyServer(
            folder.path / "valkey",
            ports["valkey"],
            secrets.password(f"valkey.{VALKEY_ADMIN}"),
            valkey_users(topology, secrets),
            durable=durable,
            log=log("valkey"),
        ),
        MongoServer(
            folder.path / "mongo",
            ports["mongo"],
            secrets.password(f"mongo.{MONGO_ADMIN}"),
            log=log("mongo"),
        ),
        AwsServer(
            folder.path / "aws",
            ports["aws"],
            region=topology["region"],
            account_id=topology["account_id"],
            log=log("aws"),
        ),
    )


def provision_databases(engines: Engines, secrets: SecretStore, topology: Mapping[str, Any]) -> None:
    for item in topology["services"].values():
        if "database" in item:
            asyncio.run(provision_database(engines.postgres, secrets, item["database"]))
