"""Notification's dead letters on the emulator, behind their routes, with an audit that can be looked at."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI

from services.shared.contracts.accounts import AccountDeleted
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.clock import SystemClock
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.dead_letters.desk import DeadLetterDesk
from services.shared.platform.dead_letters.queues import SqsDeadLetters
from services.shared.platform.dead_letters.routes import dead_letter_routes
from services.shared.platform.http.api import create_api
from services.shared.platform.messaging.envelope import new_message
from services.shared.platform.topology import load_topology
from tests.support.embedded import EmbeddedAws

PREFIX = "/api/v1/notifications"
QUEUE = "notification-accounts"
OTHER_QUEUE = "notification-exams"
CLINIC, OTHER_CLINIC = new_id(), new_id()
ADMINISTRATOR = Principal(new_id(), frozenset({Role.ADMINISTRATOR}), CLINIC)
OTHER_ADMINISTRATOR = Principal(new_id(), frozenset({Role.ADMINISTRATOR}), OTHER_CLINIC)


def event(clinic_id: UUID = CLINIC, **changes: Any) -> str:
    """An envelope as accounts publishes it, or with what a broken sender made of it."""
    account = new_id()
    message = new_message(
        "account.deleted",
        source="/accounts",
        subject=account,
        clinic_id=clinic_id,
        time=datetime.now(UTC),
        data=AccountDeleted(version=1, account_id=account),
    )
    return json.dumps({**json.loads(message.to_json()), **changes})


class RolesAsTokens:
    """The token is the caller."""

    def __init__(self) -> None:
        self.known: dict[str, Principal] = {}

    async def verify(self, token: str) -> Principal:
        return self.known[token]


@dataclass
class Post:
    """The queues as their administrators and their consumers meet them."""

    aws: EmbeddedAws
    sqs: Any
    tokens: RolesAsTokens = field(default_factory=RolesAsTokens)
    audit: list[AuditEntry] = field(default_factory=list)

    def app(self, record: Callable[[Principal, AuditEntry], Awaitable[None]] | None = None) -> FastAPI:
        app = create_api(
            title="test",
            prefix=PREFIX,
            routers=[dead_letter_routes()],
            token_verifier=self.tokens,
            checks={},
        )
        queues = SqsDeadLetters(lambda: self.sqs, load_topology(), "notification")
        app.state.dead_letters = DeadLetterDesk(queues, record or self._record, SystemClock())
        return app

    async def ask(
        self, method: str, path: str = "", who: Principal = ADMINISTRATOR, app: FastAPI | None = None
    ) -> httpx.Response:
        token = str(who.account_id)
        self.tokens.known[token] = who
        transport = httpx.ASGITransport(app or self.app(), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(
                method, f"{PREFIX}/dead-letters{path}", headers={"Authorization": f"Bearer {token}"}
            )

    async def items(self, who: Principal = ADMINISTRATOR) -> list[dict[str, Any]]:
        answer = await self.ask("GET", who=who)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def _record(self, _: Principal, entry: AuditEntry) -> None:
        self.audit.append(entry)

    def bury(self, body: str, queue: str = QUEUE, **attributes: str) -> None:
        stated = {"failures": "3", "reason": "failed", "error": "KeyError"} | attributes
        self.aws.admin("sqs").send_message(
            QueueUrl=self.aws.queue_url(f"{queue}-dlq"),
            MessageBody=body,
            MessageAttributes={
                name: {"DataType": "Number" if name == "failures" else "String", "StringValue": value}
                for name, value in stated.items()
            },
        )

    def visible(self, queue: str) -> list[dict[str, Any]]:
        """Everything that can be received right now, with its attributes; it stays hidden afterwards."""
        found: dict[str, dict[str, Any]] = {}
        while (
            batch := self.aws.admin("sqs")
            .receive_message(
                QueueUrl=self.aws.queue_url(queue),
                MaxNumberOfMessages=10,
                WaitTimeSeconds=0,
                MessageAttributeNames=["All"],
            )
            .get("Messages")
        ):
            found |= {message["MessageId"]: message for message in batch}
        return list(found.values())

    def bodies(self, queue: str) -> list[str]:
        return sorted(message["Body"] for message in self.visible(queue))
