"""One trace from a person's click to the message that was sent, through three processes; and their numbers of it."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from services.shared.platform.spans.recording import ATTRIBUTES
from services.shared.platform.topology import load_topology
from tests.integration.accounts.test_service import PREFIX, bearer, person
from tests.integration.observability.conftest import Processes
from tests.support.span_sink import SeenSpan

PATIENT = {
    "name": "Íris Novais",
    "birth_date": "1990-05-06",
    "sex": "F",
    "cpf": "390.533.447-05",
    "email": "iris.novais@example.com",
    "phone": "(11) 96543-2109",
    "mother_name": "Alba Novais",
}
PRIVATE = (
    "Íris",
    "Novais",
    "390.533",
    "39053344705",
    "iris.novais",
    "96543",
    "965432109",
    "Alba",
    "1990-05-06",
)
SERVER, CLIENT, PRODUCER, CONSUMER, INTERNAL = 2, 3, 4, 5, 1
CODES = 2  # one for each contact on file, so that the one used confirms that contact
CLICK = ("c1" * 16, "d2" * 8)


async def until(look: Callable[[], Any], within_s: float = 90) -> Any:
    async with asyncio.timeout(within_s):
        while not (seen := look()):
            await asyncio.sleep(0.1)
        return seen


@pytest.fixture(scope="module")
async def told(processes: Processes) -> Processes:
    """A patient was registered and asked for a first access: the code went out by e-mail."""
    async with httpx.AsyncClient(base_url=processes.accounts, timeout=60) as http:
        headers = await bearer(http, person("receptionist"))
        made = await http.post(
            f"{PREFIX}/patients", json=PATIENT, headers=headers | {"Idempotency-Key": str(uuid4())}
        )
        assert made.status_code == 201, made.text
        asked = await http.post(
            f"{PREFIX}/first-access",
            json={"login": PATIENT["email"]},
            headers={"traceparent": f"00-{CLICK[0]}-{CLICK[1]}-01"},
        )
        assert asked.status_code == 202
    await until(lambda: named(processes, "sesv2 SendEmail"))
    return processes


def message_ids(spans: list[SeenSpan]) -> set[object]:
    return {span.attributes["messaging.message.id"] for span in spans}


def processed_ids(processes: Processes, queue: str) -> set[object]:
    return message_ids(named(processes, f"process {queue}"))


def named(processes: Processes, name: str) -> list[SeenSpan]:
    return [span for span in processes.sink.of_trace(CLICK[0]) if span.name == name]


async def test_one_trace_leads_from_the_request_through_sql_and_the_queue_to_the_provider(
    told: Processes,
) -> None:
    queue = "notification-commands"
    await until(lambda: named(told, "tell by email") and len(named(told, f"send {queue}")) == CODES)
    await until(lambda: processed_ids(told, queue) == message_ids(named(told, f"send {queue}")))
    await until(lambda: named(told, f"POST {PREFIX}/first-access") and named(told, "INSERT outbox"))
    (request,) = named(told, f"POST {PREFIX}/first-access")
    assert (request.service, request.kind, request.parent) == ("accounts", SERVER, CLICK[1])
    assert request.attributes["http.response.status_code"] == 202
    written = named(told, "INSERT outbox")
    assert [(span.kind, span.parent) for span in written] == [(CLIENT, request.span_id)]
    for sent in named(told, f"send {queue}"):
        assert (sent.service, sent.kind, sent.parent) == ("accounts", PRODUCER, request.span_id)
    for processed in named(told, f"process {queue}"):
        assert (processed.service, processed.kind) == ("notification-worker", CONSUMER)
        assert processed.parent == request.span_id
    by_mail = named(told, "tell by email")
    assert {(span.kind, span.parent) for span in by_mail} == {(INTERNAL, request.span_id)}
    (mail,) = named(told, "sesv2 SendEmail")
    assert (mail.service, mail.kind) == ("notification-worker", CLIENT)
    assert mail.parent in {span.span_id for span in by_mail}


async def test_no_span_says_more_than_the_list_allows_or_anything_of_the_person(told: Processes) -> None:
    spans = list(told.sink.spans)
    assert {name for span in spans for name in span.attributes} <= ATTRIBUTES
    said = " ".join(f"{span.name} {span.attributes}" for span in spans)
    assert "INSERT patients" in said or "INSERT accounts" in said  # the registration is among them
    assert not [word for word in PRIVATE if word in said]


async def test_polls_that_belong_to_no_trace_are_not_exported(told: Processes) -> None:
    names = {span.name for span in told.sink.spans}
    assert not {name for name in names if "ReceiveMessage" in name or "GetQueueAttributes" in name}


async def test_the_processes_count_what_happened(told: Processes) -> None:
    await until(lambda: len(processed_ids(told, "notification-commands")) == CODES)
    async with httpx.AsyncClient() as http:
        texts = {name: (await http.get(address)).text for name, address in told.metrics.items()}
    assert not [word for word in PRIVATE if word in " ".join(texts.values())]
    requests = samples(texts["accounts-api"], "laudo_http_request_duration_seconds_count")
    assert requests[("POST", f"{PREFIX}/first-access", "202")] == 1
    published = samples(texts["accounts-worker"], "laudo_outbox_published_total")
    kind = "notification.command.one_time_code"
    assert published[("notification-commands", "accepted", kind)] == CODES
    handled = samples(texts["notification-worker"], "laudo_messages_total")
    outcomes = ("done", "parked")  # parked when the command overtook the contact it is sent to
    assert sum(handled.get((each, "notification-commands", kind), 0) for each in outcomes) == CODES
    assert samples(texts["notification-worker"], "laudo_sends_total")[("email", "sent")] >= 1


async def test_a_worker_may_count_its_own_queues_and_dead_letters(told: Processes) -> None:
    async def looked() -> dict[tuple[str, ...], float]:
        async with httpx.AsyncClient() as http:
            text = (await http.get(told.metrics["notification-worker"])).text
        return samples(text, "laudo_dead_letters")

    queues = {(queue,) for queue in load_topology().queues_of("notification")}
    async with asyncio.timeout(60):
        while set(await looked()) != queues:
            await asyncio.sleep(0.2)


def samples(text: str, name: str) -> dict[tuple[str, ...], float]:
    """The values of one sample name by its labels' values, in the order of the labels' names."""
    return {
        tuple(value for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }
