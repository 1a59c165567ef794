"""The API on the real database: ready when Mongo answers, and every read on the audit log."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from services.notification.bootstrap.api import build_api
from services.notification.domain.channel import Channel
from services.notification.domain.delivery import Delivery, DeliveryState, Lane, delivery_id
from services.notification.infrastructure.persistence.deliveries import MongoDeliveries
from services.shared.kernel.principal import Principal, Role
from tests.integration.notification.conftest import Installation

PREFIX = "/api/v1/notifications"
ANA, CLINIC = uuid4(), uuid4()
PEOPLE = {
    "ana": Principal(ANA, frozenset({Role.PATIENT})),
    "bruno": Principal(uuid4(), frozenset({Role.PATIENT})),
    "reception": Principal(uuid4(), frozenset({Role.RECEPTIONIST}), CLINIC),
}


class NamedTokens:
    async def verify(self, token: str) -> Principal:
        return PEOPLE[token]


@pytest.fixture
async def client(installation: Installation, loaded_valkey: str) -> AsyncIterator[httpx.AsyncClient]:
    app: FastAPI = build_api(installation.settings.model_copy(update={"redis_url": loaded_valkey}))
    async with app.router.lifespan_context(app):
        app.state.token_verifier = NamedTokens()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as made:
            yield made


async def recorded(installation: Installation, reason: str) -> UUID:
    made = Delivery(
        id=delivery_id(reason, Channel.EMAIL),
        reason=reason,
        channel=Channel.EMAIL,
        template="ready",
        lane=Lane.ORDINARY,
        person_id=ANA,
        clinic_id=CLINIC,
        traceparent="t",
        state=DeliveryState.SENT,
        address_masked="a***@exemplo.example",
        created_at=datetime.now(UTC),
    )
    await MongoDeliveries(installation.database).add(made)
    return made.id


async def test_it_is_alive_and_ready_and_says_which_routes_it_has(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"{PREFIX}/healthz")).status_code == 200
    ready = await client.get(f"{PREFIX}/readyz")
    assert (ready.status_code, ready.json()["dependencies"]) == (200, {"mongo": "up", "revocations": "up"})
    paths = (await client.get(f"{PREFIX}/openapi.json")).json()["paths"]
    assert {PREFIX, f"{PREFIX}/{{delivery_id}}", f"{PREFIX}/preferences"} <= set(paths)


async def test_pages_and_single_reads_leave_one_audit_row_each(
    client: httpx.AsyncClient, installation: Installation
) -> None:
    ids = {str(await recorded(installation, f"r{number}")) for number in range(5)}
    seen: set[str] = set()
    cursor: str | None = None
    for _ in range(3):
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        answer = await client.get(f"{PREFIX}/", params=params, headers={"Authorization": "Bearer ana"})
        seen |= {item["id"] for item in answer.json()["items"]}
        cursor = answer.json()["next_cursor"]
    assert (seen, cursor) == (ids, None)
    one = f"{PREFIX}/{ids.pop()}"
    assert (await client.get(one, headers={"Authorization": "Bearer reception"})).status_code == 200
    assert (await client.get(one, headers={"Authorization": "Bearer bruno"})).status_code == 404
    rows = await installation.database["audit"].find().to_list()
    assert [row["action"] for row in rows] == ["notification.list"] * 3 + ["notification.read"]
    assert {row["patient_id"] for row in rows[:3]} == {ANA}
    assert rows[3]["clinic_id"] == CLINIC


async def test_it_is_not_ready_without_its_database(installation: Installation, loaded_valkey: str) -> None:
    changes = {"mongo_url": "mongodb://127.0.0.1:9", "redis_url": loaded_valkey}
    nowhere = installation.settings.model_copy(update=changes)
    app = build_api(nowhere)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client,
    ):
        assert (await client.get(f"{PREFIX}/healthz")).status_code == 200
        ready = await client.get(f"{PREFIX}/readyz")
        assert (ready.status_code, ready.json()["dependencies"]) == (
            503,
            {"mongo": "down", "revocations": "up"},
        )
