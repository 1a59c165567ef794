"""The notification service's own processes on the embedded stack."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from infra.local.provision.mongo_users import MongoUrls
from services.notification.bootstrap.seed import seed
from services.notification.bootstrap.settings import NotificationSettings
from services.notification.bootstrap.wiring import Texts, build_listeners, mongo_stores
from services.notification.domain.quiet_hours import HOME_ZONE, NEVER_QUIET
from services.notification.infrastructure.in_memory.channels import InMemoryBell
from services.notification.infrastructure.persistence.database import Database, connect
from services.notification.infrastructure.templates.loader import load_templates
from services.notification.interface.messaging.queues import effects
from services.shared.kernel.clock import SystemClock
from services.shared.platform.messaging.envelope import Message
from services.shared.platform.topology import load_topology

REPOSITORY = Path(__file__).resolve().parents[3]
DEMO = REPOSITORY / "infra" / "local" / "demo"
TOPIC_OF = {"account": "accounts-events", "exam": "exam-results-events", "file": "file-management-events"}
SERVICE_OF = {"account": "accounts", "exam": "exam-results", "file": "file-management"}


@dataclass(frozen=True)
class Installation:
    """One database of its own on the shared servers, and how to start a worker on it."""

    database: Database
    environment: dict[str, str]
    settings: NotificationSettings
    aws: Any
    logs: Path

    @contextmanager
    def worker(self, **changes: str) -> Iterator["subprocess.Popen[bytes]"]:
        with self.logs.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "services.notification.bootstrap.worker"],
                cwd=REPOSITORY,
                env=self.environment | changes,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGTERM)
                process.wait(15)

    def publish(self, message: Message) -> None:
        """Publish as the producing service does: an event to its topic, a command to its queue."""
        attributes = {"type": {"DataType": "String", "StringValue": message.type}}
        body = message.to_json().decode()
        kind = message.type.split(".", maxsplit=1)[0]
        if kind == "notification":
            self.aws.client("accounts", "sqs").send_message(
                QueueUrl=self.aws.queue_url("notification-commands"),
                MessageBody=body,
                MessageAttributes=attributes,
            )
            return
        topic = f"arn:aws:sns:{self.aws.region}:{self.aws.account_id}:{TOPIC_OF[kind]}"
        self.aws.client(SERVICE_OF[kind], "sns").publish(
            TopicArn=topic, Message=body, MessageAttributes=attributes
        )

    async def hear(self, *messages: Message) -> None:
        """Apply messages here, without queues and without a worker."""
        texts = Texts(
            templates=load_templates(), quiet=NEVER_QUIET, portal_url="http://localhost:8080", zone=HOME_ZONE
        )
        clock = SystemClock()
        listeners = build_listeners(mongo_stores(self.database, self.settings), texts, clock, InMemoryBell())
        for message in messages:
            kind = message.type.split(".", maxsplit=1)[0]
            await effects(listeners, clock)[f"notification-{kind}s"](message)

    async def deliveries(self, person_id: UUID) -> list[dict[str, Any]]:
        return await self.database["deliveries"].find({"person_id": person_id}).to_list()


@pytest.fixture
async def installation(
    mongo_url: str,
    mongo_database_name: str,
    mongo_users: MongoUrls,
    valkey_url_of: Callable[[str], str],
    aws: Any,
    aws_environment: Callable[[str], dict[str, str]],
    tmp_path: Path,
) -> AsyncIterator[Installation]:
    aws.purge()
    mine = {
        "LAUDO_MONGO_URL": mongo_users.app,
        "LAUDO_MONGO_DATABASE": mongo_database_name,
        "LAUDO_REDIS_URL": valkey_url_of("notification"),
        "LAUDO_ISSUER": "http://localhost/api/v1/accounts",
        "LAUDO_JWKS_URL": "http://localhost/api/v1/accounts/.well-known/jwks.json",
        "LAUDO_DEMO_FOLDER": str(DEMO),
        "LAUDO_QUIET_HOURS": "off",
        "LAUDO_SES_CONFIGURATION_SET": load_topology().raw["services"]["notification"]["configuration_set"],
    }
    settings = NotificationSettings(
        **{name.removeprefix("LAUDO_").lower(): value for name, value in mine.items()},
        aws_endpoint_url=aws.url,
    )
    await seed(settings.model_copy(update={"owner_mongo_url": mongo_users.owner}))
    async with connect(mongo_url) as mongo:
        yield Installation(
            database=mongo[mongo_database_name],
            environment=os.environ | aws_environment("notification") | mine,
            settings=settings,
            aws=aws,
            logs=tmp_path / "worker.log",
        )
        await mongo.drop_database(mongo_database_name)


@pytest.fixture
def eventually() -> Callable[..., Any]:
    """Wait until an asynchronous look returns something true, and return that."""

    async def look(what: Callable[[], Any], within_s: float = 90) -> Any:
        async with asyncio.timeout(within_s):
            while not (seen := await what()):
                await asyncio.sleep(0.05)
            return seen

    return look
