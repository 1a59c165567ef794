"""What a process tells of itself: bounded labels, nobody's path, and nothing to whoever comes from outside."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from prometheus_client import REGISTRY

from infra.local.engines.process import free_port
from services.shared.contracts.accounts import AccountDeleted
from services.shared.kernel.ids import new_id
from services.shared.platform.http.api import create_api
from services.shared.platform.http.callers import public, undeclared_routes
from services.shared.platform.http.worker_listener import listen, listener_app
from services.shared.platform.messaging.consumer import SqsConsumer
from services.shared.platform.messaging.envelope import MalformedMessage, Message, new_message
from services.shared.platform.messaging.publisher import OutboxMessage
from services.shared.platform.messaging.relay import OutboxRelay
from services.shared.platform.metrics.declared import ALL
from services.shared.platform.metrics.queue_age import QueueAge
from services.shared.platform.metrics.queue_watch import QueueWatch
from services.shared.platform.topology import load_topology

PREFIX = "/api/v1/things"
COUNT = "laudo_http_request_duration_seconds_count"


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def things() -> FastAPI:
    router = APIRouter()

    @router.get("/{thing_id}")
    async def read(thing_id: UUID, _: Annotated[None, public("test")]) -> None:
        return None

    return create_api(title="Things", prefix=PREFIX, routers=[router], token_verifier=None, checks={})


def client(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def test_a_request_is_counted_under_its_template_and_no_id_is_told() -> None:
    labels = {"method": "GET", "route": f"{PREFIX}/{{thing_id}}", "status": "200"}
    before, thing_id = value(COUNT, **labels), new_id()
    async with client(things()) as http:
        for _ in range(3):
            assert (await http.get(f"{PREFIX}/{thing_id}")).status_code == 200
        told = (await http.get("/metrics")).text
    assert value(COUNT, **labels) - before == 3
    assert str(thing_id) not in told
    assert f'route="{PREFIX}/{{thing_id}}"' in told


async def test_paths_and_methods_that_somebody_made_up_are_one_label_each() -> None:
    async with client(things()) as http:
        for n in range(5):
            await http.get(f"/ana-{n}-52998224725")
            await http.request(f"ANA{n}", f"{PREFIX}/{new_id()}")
        told = (await http.get("/metrics")).text
    assert "ana-" not in told.lower()
    assert "ANA" not in told
    assert 'method="OTHER"' in told


async def test_probes_and_scrapes_are_not_counted() -> None:
    async with client(things()) as http:
        await http.get(f"{PREFIX}/healthz")
        await http.get("/metrics")
        told = (await http.get("/metrics")).text
    assert "healthz" not in told
    assert 'route="/metrics"' not in told


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via"])
@pytest.mark.parametrize("app", [things(), listener_app()], ids=["api", "worker"])
async def test_what_came_through_a_proxy_gets_no_metrics(app: FastAPI, header: str) -> None:
    async with client(app) as http:
        answer = await http.get("/metrics", headers={header: "203.0.113.7"})
    assert answer.status_code == 404
    assert "laudo_" not in answer.text


def test_metrics_are_outside_of_the_public_paths_and_of_the_published_description() -> None:
    assert not [path for path in things().openapi()["paths"] if "metrics" in path]
    assert not list(undeclared_routes(things()))
    assert not list(undeclared_routes(listener_app()))


def test_labels_are_of_the_kinds_that_code_bounds() -> None:
    labels = {label for metric in ALL for label in metric._labelnames}
    assert labels == {
        "method", "route", "status", "store", "destination", "type", "outcome", "queue", "channel", "stage",
    }  # fmt: skip


async def test_a_workers_own_port_tells_numbers_and_life_until_the_worker_ends() -> None:
    port = free_port()
    listening = asyncio.create_task(listen("127.0.0.1", port))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        async with asyncio.timeout(30):
            while not await answers(http):
                await asyncio.sleep(0.02)
        assert (await http.get("/healthz")).json() == {"status": "alive"}
        assert "# TYPE laudo_messages_total counter" in (await http.get("/metrics")).text
        assert (await http.get("/")).status_code == 404
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening


async def answers(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/healthz")).status_code == 200
    except httpx.HTTPError:
        return False


async def test_a_taken_port_ends_the_worker_with_its_reason() -> None:
    port = free_port()
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", port)
    async with server:
        with pytest.raises(OSError, match="in use"):
            await listen("127.0.0.1", port)


def deleted() -> Message:
    account = new_id()
    return new_message(
        "account.deleted",
        source="/accounts",
        subject=account,
        clinic_id=new_id(),
        time=datetime.now(UTC),
        data=AccountDeleted(version=1, account_id=account),
    )


@pytest.mark.parametrize("outcome", ["done", "repeat", "stale", "parked", "failed", "malformed"])
async def test_a_message_is_counted_by_what_became_of_it(outcome: str) -> None:
    async def effect(_: Message) -> str:
        if outcome == "failed":
            raise RuntimeError
        return outcome

    queue = "notification-accounts"
    consumer = SqsConsumer(
        queue, effect, types=frozenset({"account.deleted"}), loop=asyncio.get_running_loop()
    )
    kind = "unknown" if outcome == "malformed" else "account.deleted"
    labels = {"queue": queue, "type": kind, "outcome": outcome}
    before = value("laudo_messages_total", **labels)
    try:
        await consumer.apply("{" if outcome == "malformed" else deleted().to_json().decode())
    except (RuntimeError, MalformedMessage):
        assert outcome in ("failed", "malformed")
    assert value("laudo_messages_total", **labels) - before == 1


async def test_published_messages_are_counted_by_what_the_broker_answered() -> None:
    first, second = (
        OutboxMessage(new_id(), "exam.created", "exam-results-events", "{}", "00-a-b-01") for _ in range(2)
    )

    class Store:
        async def relay_batch(self, publish: Any, limit: int) -> int:
            await publish([first, second])
            return 2

    class Broker:
        async def publish(self, _: Any) -> frozenset[UUID]:
            return frozenset({first.id})

    def seen() -> list[float]:
        destination = {"destination": "exam-results-events", "type": "exam.created"}
        name = "laudo_outbox_published_total"
        return [value(name, outcome=outcome, **destination) for outcome in ("accepted", "refused")]

    before = seen()
    await OutboxRelay(Store(), Broker(), None).relay_once()  # type: ignore[arg-type]
    assert [now - then for now, then in zip(seen(), before, strict=True)] == [1, 1]


class Clocks:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_queues_age_is_what_the_oldest_received_message_waited() -> None:
    clocks, age = Clocks(), "laudo_queue_age_seconds"
    queue = QueueAge("q1", wall=clocks, monotonic=clocks)
    queue.received([int((clocks.now - 3) * 1000), int((clocks.now - 7) * 1000)])
    assert value(age, queue="q1") == pytest.approx(7, abs=0.01)
    queue.received([])
    assert value(age, queue="q1") == 0


def test_a_queues_age_grows_while_messages_wait_and_none_is_received() -> None:
    clocks, age = Clocks(), "laudo_queue_age_seconds"
    queue = QueueAge("q2", wall=clocks, monotonic=clocks)
    for _ in range(5):
        queue.looked(waiting=4)
        clocks.now += 15
    assert value(age, queue="q2") == 60
    queue.received([int((clocks.now - 75) * 1000)])
    assert value(age, queue="q2") == pytest.approx(75, abs=0.01)
    queue.looked(waiting=0)
    assert value(age, queue="q2") == 0


def test_a_watch_counts_each_queue_and_its_dead_letters() -> None:
    class Sqs:
        def get_queue_url(self, QueueName: str) -> dict[str, str]:  # noqa: N803 - the SDK's own names
            return {"QueueUrl": QueueName}

        def get_queue_attributes(self, QueueUrl: str, AttributeNames: list[str]) -> Any:  # noqa: N803
            counts = ("2", "1") if QueueUrl.endswith("-dlq") else ("5", "4")
            return {"Attributes": dict(zip(AttributeNames, counts, strict=True))}

    QueueWatch(Sqs(), load_topology(), "exam-results").look()
    for queue in ("exam-results-accounts", "exam-results-files"):
        assert value("laudo_queue_waiting", queue=queue) == 5
        assert value("laudo_queue_in_hand", queue=queue) == 4
        assert value("laudo_dead_letters", queue=queue) == 3
