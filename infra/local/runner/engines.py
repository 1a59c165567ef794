"""The four embedded servers of one installation, and what is provisioned in them."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.engines.aws import AwsServer
from infra.local.engines.mongo import MongoServer
from infra.local.engines.postgres import PostgresServer
from infra.local.engines.server import Server
from infra.local.engines.valkey import ValkeyServer
from infra.local.provision.aws import provision_aws
from infra.local.provision.databases import DatabaseUrls, database_urls, provision_database
from infra.local.provision.identities import Credentials
from infra.local.provision.secret_store import SecretStore
from infra.local.runner.data_folder import DataFolder
from infra.local.runner.main_thread import MainThread

NAMES = ("postgres", "valkey", "mongo", "aws")


@dataclass
class Engines:
    postgres: PostgresServer
    valkey: ValkeyServer
    mongo: MongoServer
    aws: AwsServer

    def __iter__(self) -> Any:
        return iter((self.postgres, self.valkey, self.mongo, self.aws))


@dataclass(frozen=True)
class Provisioned:
    databases: Mapping[str, DatabaseUrls]
    credentials: Mapping[str, Credentials]


def build_engines(
    folder: DataFolder,
    ports: Mapping[str, int],
    secrets: SecretStore,
    topology: Mapping[str, Any],
    *,
    durable: bool,
) -> Engines:
    def log(name: str) -> Any:
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
            secrets.password("valkey"),
            durable=durable,
            log=log("valkey"),
        ),
        MongoServer(folder.path / "mongo", ports["mongo"], log=log("mongo")),
        AwsServer(
            folder.path / "aws",
            ports["aws"],
            region=topology["region"],
            account_id=topology["account_id"],
            log=log("aws"),
        ),
    )


def start_engines(
    engines: Engines,
    secrets: SecretStore,
    topology: Mapping[str, Any],
    main_thread: MainThread,
    say: Callable[[str, float], None],
) -> Provisioned:
    """Start all at once; each is provisioned as soon as it answers."""

    def up(server: Server) -> None:
        began = time.monotonic()
        server.prepare()
        main_thread.do(server.launch)
        server.wait_ready()
        say(f"{server.name} ready", time.monotonic() - began)

    def databases() -> dict[str, DatabaseUrls]:
        up(engines.postgres)
        owners = {
            service: item["database"] for service, item in topology["services"].items() if "database" in item
        }
        for database in owners.values():
            asyncio.run(provision_database(engines.postgres, secrets, database))
        return {
            service: database_urls(engines.postgres, secrets, database)
            for service, database in owners.items()
        }

    def cloud() -> dict[str, Credentials]:
        up(engines.aws)
        began = time.monotonic()
        credentials = provision_aws(engines.aws.url, topology, secrets)
        say("topics, queues, bucket, table, keys and users in place", time.monotonic() - began)
        return credentials

    found = main_thread.run_all([databases, cloud, lambda: up(engines.mongo), lambda: up(engines.valkey)])
    return Provisioned(databases=found[0], credentials=found[1])
