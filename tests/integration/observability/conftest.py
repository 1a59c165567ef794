"""Accounts and notification as processes of their own, with their metrics open and their spans exported to a sink."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.local.engines.mongo import MongoServer
from infra.local.engines.process import Child, Command, free_port, wait_until
from infra.local.provision.databases import DatabaseUrls
from infra.local.provision.mongo_users import mongo_urls, provision_mongo
from infra.local.provision.secret_store import SecretStore
from infra.local.runner.readiness import answers_ok
from tests.integration.accounts.postgres import migrated
from tests.support.embedded import REPOSITORY, EmbeddedAws
from tests.support.span_sink import SpanSink, span_sink

DEMO = REPOSITORY / "infra" / "local" / "demo"
_PATIENCE_S = 120


@dataclass(frozen=True)
class Processes:
    """`metrics` names where each process tells its numbers."""

    accounts: str
    metrics: dict[str, str]
    sink: SpanSink


@pytest.fixture(scope="module")
def sink() -> Iterator[SpanSink]:
    with span_sink() as ready:
        yield ready


@pytest.fixture(scope="module")
def processes(
    sink: SpanSink,
    new_database: Callable[[str], DatabaseUrls],
    mongo_server: MongoServer,
    stack_secrets: SecretStore,
    topology: dict[str, Any],
    valkey_url_of: Callable[[str], str],
    aws: EmbeddedAws,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Processes]:
    aws.purge()
    urls, logs = migrated(new_database), tmp_path_factory.mktemp("observed")
    common = os.environ | {
        "LAUDO_DEMO_FOLDER": str(DEMO),
        "LAUDO_OTLP_ENDPOINT": sink.url,
        "LAUDO_ISSUER": "http://localhost/api/v1/accounts",
        "LAUDO_JWKS_URL": "http://localhost/unused",
    }
    accounts = common | aws.environment("accounts") | {"LAUDO_REDIS_URL": valkey_url_of("accounts")}
    accounts |= {
        "LAUDO_DATABASE_URL": urls.app,
        "LAUDO_RELAY_DATABASE_URL": urls.relay,
        "LAUDO_SEALER_DATABASE_URL": urls.sealer,
    }
    provision_mongo(mongo_server, topology, stack_secrets, "observed")
    mongo = mongo_urls(mongo_server, stack_secrets, "notification", "observed")
    notification = common | aws.environment("notification")
    notification |= {"LAUDO_REDIS_URL": valkey_url_of("notification")}
    notification |= {
        "LAUDO_MONGO_URL": mongo.app,
        "LAUDO_MONGO_DATABASE": "observed",
        "LAUDO_QUIET_HOURS": "off",
    }
    owners = {"LAUDO_OWNER_DATABASE_URL": urls.owner, "LAUDO_OWNER_MONGO_URL": mongo.owner}
    for module, env in (("accounts", accounts), ("notification", notification)):
        _run(f"services.{module}.bootstrap.seed", env | owners)
    api, relay, worker = free_port(), free_port(), free_port()
    children = [
        _start("accounts.bootstrap.api", accounts | {"LAUDO_HTTP_PORT": str(api)}, logs),
        _start("accounts.bootstrap.worker", accounts | {"LAUDO_METRICS_PORT": str(relay)}, logs),
        _start("notification.bootstrap.worker", notification | {"LAUDO_METRICS_PORT": str(worker)}, logs),
    ]
    try:
        wait_until(answers_ok(api, "/api/v1/accounts/readyz"), children[0], _PATIENCE_S)
        wait_until(answers_ok(relay, "/healthz"), children[1], _PATIENCE_S)
        wait_until(answers_ok(worker, "/healthz"), children[2], _PATIENCE_S)
        ports = {"accounts-api": api, "accounts-worker": relay, "notification-worker": worker}
        metrics = {name: f"http://127.0.0.1:{port}/metrics" for name, port in ports.items()}
        yield Processes(f"http://127.0.0.1:{api}", metrics, sink)
    finally:
        for child in children:
            child.stop()


def _run(module: str, env: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-m", module], cwd=REPOSITORY, env=env, check=True, capture_output=True)


def _start(module: str, env: dict[str, str], logs: Path) -> Child:
    child = Child(module, logs / f"{module}.log")
    child.launch(Command([sys.executable, "-m", f"services.{module}"], env=env, cwd=REPOSITORY))
    return child
