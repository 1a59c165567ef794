"""The embedded stack for tests: real servers in temporary folders on free ports.

Session-scoped and lazy: an engine starts when the first test of a session asks for it. Under pytest-xdist
each worker has a stack of its own, so that no test meets another worker's rows, keys or messages; all of it
dies with the worker, even when that is killed.

Fixtures
    postgres_admin_url   superuser's address, `postgresql://...` (asyncpg's form)
    new_database         factory: `new_database("accounts")` -> DatabaseUrls(owner, app, relay, sealer),
                         SQLAlchemy's form, a fresh empty database with the roles
                         `<service>_owner|_app|_relay|_sealer` (no BYPASSRLS)
    valkey_url_of        factory: `valkey_url_of("accounts")` -> `redis://...`, that service's own user
    clean_valkey         empties Valkey before the test; the administrator's address, to look into it
    mongo_url            the administrator's `mongodb://...`; `mongo_database_name` is fresh for each test
    mongo_users          MongoUrls(app, owner): the addresses of notification's users in that database
    loaded_valkey        a Valkey with the word that no session has ended, as accounts' worker would leave it
    topology             the parsed topology.json
    aws                  EmbeddedAws: .url, .region, .credentials[service], .client(service, "sqs"),
                         .admin("sqs"), .queue_url(name), .purge(); everything of topology.json exists in it
    aws_environment      factory: the AWS_* / LAUDO_AWS_* variables of one service's process
"""

import asyncio
import json
import secrets
import uuid
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
import redis

from infra.local.engines.aws import AwsServer
from infra.local.engines.mongo import MongoServer
from infra.local.engines.postgres import PostgresServer
from infra.local.engines.process import free_port
from infra.local.engines.valkey import ValkeyServer
from infra.local.provision.aws import provision_aws
from infra.local.provision.clients import AwsAccount
from infra.local.provision.databases import DatabaseUrls, database_urls, provision_database
from infra.local.provision.identities import Credentials
from infra.local.provision.mongo_users import MongoUrls, mongo_urls, provision_mongo
from infra.local.provision.secret_store import SecretStore
from infra.local.provision.valkey_users import valkey_users

REPOSITORY = Path(__file__).resolve().parents[2]
Result = TypeVar("Result")


def run_now(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine from a plain fixture, whether or not pytest-asyncio has a loop in this thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@pytest.fixture(scope="session")
def stack_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stack")


@pytest.fixture(scope="session")
def stack_secrets(stack_home: Path) -> SecretStore:
    return SecretStore(stack_home / "secrets.json")


@pytest.fixture(scope="session")
def topology() -> dict[str, Any]:
    declared: dict[str, Any] = json.loads((REPOSITORY / "topology.json").read_text(encoding="utf-8"))
    return declared


@pytest.fixture(scope="session")
def postgres_server(stack_home: Path, stack_secrets: SecretStore) -> Iterator[PostgresServer]:
    server = PostgresServer(
        stack_home / "postgres", free_port(), stack_secrets.password("postgres.admin"), durable=False
    )
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_admin_url(postgres_server: PostgresServer) -> str:
    return postgres_server.admin_url


@pytest.fixture(scope="session")
def new_database(
    postgres_server: PostgresServer, stack_secrets: SecretStore
) -> Callable[[str], DatabaseUrls]:
    """Return a factory of empty databases: `new_database("exam_results")`. Migrations are the caller's."""

    def make(service_database: str) -> DatabaseUrls:
        name = f"{service_database}_{secrets.token_hex(4)}"
        run_now(provision_database(postgres_server, stack_secrets, service_database, name))
        return database_urls(postgres_server, stack_secrets, service_database, name)

    return make


@pytest.fixture(scope="session")
def valkey_server(
    stack_home: Path, stack_secrets: SecretStore, topology: dict[str, Any]
) -> Iterator[ValkeyServer]:
    server = ValkeyServer(
        stack_home / "valkey",
        free_port(),
        stack_secrets.password("valkey.administrator"),
        valkey_users(topology, stack_secrets),
        durable=False,
    )
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def valkey_url_of(valkey_server: ValkeyServer) -> Callable[[str], str]:
    """The address that a service or the portal is told: its own user. Before a test, `clean_valkey` empties it."""
    return valkey_server.url


@pytest.fixture
def clean_valkey(valkey_server: ValkeyServer) -> str:
    """The administrator's address of a Valkey that holds nothing."""
    with redis.Redis.from_url(valkey_server.url()) as client:
        client.flushall()
    return valkey_server.url()


@pytest.fixture
def loaded_valkey(clean_valkey: str) -> str:
    """The address of a Valkey as accounts' worker leaves it: every ended session is told, and there is none."""
    with redis.Redis.from_url(clean_valkey) as client:
        client.set("accounts:sessions:epoch", b"of the tests")
    return clean_valkey


@pytest.fixture(scope="session")
def mongo_server(stack_home: Path, stack_secrets: SecretStore) -> Iterator[MongoServer]:
    server = MongoServer(stack_home / "mongo", free_port(), stack_secrets.password("mongo.administrator"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def mongo_url(mongo_server: MongoServer) -> str:
    return mongo_server.admin_url


@pytest.fixture
def mongo_database_name() -> str:
    """A name no other test uses."""
    return f"test_{uuid.uuid4().hex[:12]}"


@pytest.fixture
def mongo_users(
    mongo_server: MongoServer, stack_secrets: SecretStore, topology: dict[str, Any], mongo_database_name: str
) -> MongoUrls:
    """Notification's two users, in the test's own database."""
    provision_mongo(mongo_server, topology, stack_secrets, mongo_database_name)
    return mongo_urls(mongo_server, stack_secrets, "notification", mongo_database_name)


@dataclass(frozen=True)
class EmbeddedAws:
    url: str
    region: str
    account_id: str
    credentials: dict[str, Credentials]

    def client(self, service: str, aws_service: str) -> Any:
        """Return a boto3 client with the rights of one of our services, e.g. `("exam-results", "sqs")`."""
        mine = self.credentials[service]
        account = AwsAccount(
            self.url, self.region, self.account_id, mine.access_key_id, mine.secret_access_key
        )
        return account.client(aws_service)

    def admin(self, aws_service: str) -> Any:
        return AwsAccount(self.url, self.region, self.account_id).client(aws_service)

    def queue_url(self, queue: str) -> str:
        return f"{self.url}/{self.account_id}/{queue}"

    def purge(self) -> None:
        """Empty every queue and dead-letter queue."""
        sqs = self.admin("sqs")
        for url in sqs.list_queues(MaxResults=1000).get("QueueUrls", []):
            sqs.purge_queue(QueueUrl=url)

    def environment(self, service: str) -> dict[str, str]:
        mine = self.credentials[service]
        return {
            "AWS_ACCESS_KEY_ID": mine.access_key_id,
            "AWS_SECRET_ACCESS_KEY": mine.secret_access_key,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            "LAUDO_AWS_ENDPOINT_URL": self.url,
            "LAUDO_AWS_REGION": self.region,
        }


@pytest.fixture(scope="session")
def aws_server(stack_home: Path, topology: dict[str, Any]) -> Iterator[AwsServer]:
    server = AwsServer(
        stack_home / "aws", free_port(), region=topology["region"], account_id=topology["account_id"]
    )
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def aws(aws_server: AwsServer, stack_secrets: SecretStore, topology: dict[str, Any]) -> EmbeddedAws:
    credentials = provision_aws(aws_server.url, topology, stack_secrets)
    return EmbeddedAws(aws_server.url, topology["region"], topology["account_id"], credentials)


@pytest.fixture(scope="session")
def aws_environment(aws: EmbeddedAws) -> Callable[[str], dict[str, str]]:
    return aws.environment
