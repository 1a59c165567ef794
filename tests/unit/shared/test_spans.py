"""Spans carry the ids of the trace that logs and events carry anyway; off, none is made; on, nothing private goes."""

from collections.abc import Iterator
from contextvars import Context
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import boto3
import httpx
import pytest
from moto import mock_aws
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from services.shared.platform.messaging.publisher import OutboxMessage
from services.shared.platform.spans import recording
from services.shared.platform.spans.aws import observe_calls
from services.shared.platform.spans.messages import published
from services.shared.platform.spans.otlp import OtelRecorder
from services.shared.platform.spans.outgoing import calling
from services.shared.platform.spans.sql import named, observe_statements
from services.shared.platform.tracing import current_traceparent, trace
from tests.unit.shared.test_metrics import PREFIX, client, deleted, things

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TRACE = int(PARENT.split("-")[1], 16)


def recorder(exporter: InMemorySpanExporter, ratio: float = 1.0) -> OtelRecorder:
    return OtelRecorder(SimpleSpanProcessor(exporter), "test", ratio)


@pytest.fixture
def exported() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    recording.record_with(recorder(exporter))
    yield exporter
    recording.record_with(None)


def only(exporter: InMemorySpanExporter) -> ReadableSpan:
    (span,) = exporter.get_finished_spans()
    return span


def ids(span: ReadableSpan) -> tuple[int, int | None]:
    return span.context.trace_id, span.parent.span_id if span.parent else None


def test_a_span_has_the_very_ids_of_the_context_it_is_about(exported: InMemorySpanExporter) -> None:
    with recording.span("process q", "consumer", incoming=PARENT, attributes={}) as said:
        own = current_traceparent()
        said["laudo.outcome"] = "done"
    span = only(exported)
    assert ids(span) == (TRACE, int(PARENT.split("-")[2], 16))
    assert span.context.span_id == int(own.split("-")[2], 16)
    assert (span.kind, dict(span.attributes or {})) == (SpanKind.CONSUMER, {"laudo.outcome": "done"})


def test_without_a_parent_it_is_the_first_of_its_trace(exported: InMemorySpanExporter) -> None:
    with recording.span("a", "internal", incoming=None, attributes={}):
        trace_id = current_traceparent().split("-")[1]
    assert ids(only(exported)) == (int(trace_id, 16), None)


def test_a_failure_is_named_by_its_type_and_not_by_its_text(exported: InMemorySpanExporter) -> None:
    with (
        pytest.raises(ValueError, match="Ana"),
        recording.span("a", "internal", incoming=None, attributes={}),
    ):
        raise ValueError("Ana, CPF 52998224725")
    span = only(exported)
    assert span.status.status_code is StatusCode.ERROR
    assert dict(span.attributes or {}) == {"error.type": "ValueError"}
    assert not span.events
    assert "Ana" not in span.to_json()


def test_an_attribute_that_is_not_on_the_list_does_not_leave(exported: InMemorySpanExporter) -> None:
    attributes: dict[str, recording.Value] = {
        "http.route": "/x",
        "patient": "Ana",
        "db.query.text": "SELECT 1",
    }
    with recording.span("a", "internal", incoming=None, attributes=attributes):
        pass
    assert dict(only(exported).attributes or {}) == {"http.route": "/x"}


def test_whether_a_trace_is_kept_is_decided_from_its_id_everywhere_alike() -> None:
    kept = []
    for _ in range(2):
        exporter = InMemorySpanExporter()
        half = recorder(exporter, 0.5)
        for first in "0123456789abcdef":  # the half below 8... in the id's last 8 bytes
            own = f"00-{'a' * 16}{first}{'1' * 15}-{'b' * 16}-01"
            half(recording.Span("a", "internal", own, None, 1, 2, {}))
        kept.append({span.context.trace_id for span in exporter.get_finished_spans()})
    assert kept[0] == kept[1]
    assert len(kept[0]) == 8


def test_off_nothing_is_noted_and_the_context_is_the_callers() -> None:
    connection = SimpleNamespace()  # would fail at the touch
    observe_statements(connection)
    with trace(PARENT) as own:
        with calling("GET", "accounts") as said:
            assert current_traceparent() == own
            said["http.response.status_code"] = 200
        published([], frozenset(), 0)
    assert not recording.is_on()


async def test_a_request_is_a_server_span_named_by_its_template(exported: InMemorySpanExporter) -> None:
    thing_id = "0193a000-0000-7000-8000-000000000001"
    async with client(things()) as http:
        await http.get(f"{PREFIX}/{thing_id}?q=Ana", headers={"traceparent": PARENT})
    span = only(exported)
    assert (span.name, span.kind) == (f"GET {PREFIX}/{{thing_id}}", SpanKind.SERVER)
    assert ids(span) == (TRACE, int(PARENT.split("-")[2], 16))
    assert thing_id not in span.to_json()
    assert "Ana" not in span.to_json()


def test_the_other_side_of_a_call_hangs_below_the_calls_own_span(exported: InMemorySpanExporter) -> None:
    with trace(PARENT) as above, calling("GET", "accounts") as said:
        sent = httpx.Headers({"traceparent": current_traceparent()})
        said["http.response.status_code"] = 503
    span = only(exported)
    assert ids(span) == (TRACE, int(above.split("-")[2], 16))
    assert span.context.span_id == int(sent["traceparent"].split("-")[2], 16)


def test_each_message_of_a_batch_is_told_in_its_own_trace(exported: InMemorySpanExporter) -> None:
    messages = []
    for _ in range(2):
        with trace(None):
            message = deleted()
        messages.append(OutboxMessage(message.id, message.type, "accounts-events", "{}", message.traceparent))
    published(messages, frozenset({messages[0].id}), 1)
    spans = exported.get_finished_spans()
    assert [ids(span)[0] for span in spans] == [int(each.traceparent.split("-")[1], 16) for each in messages]
    assert [span.status.status_code for span in spans] == [StatusCode.UNSET, StatusCode.ERROR]


@mock_aws
def test_an_aws_call_is_noted_by_service_and_operation_inside_a_trace_only(
    exported: InMemorySpanExporter,
) -> None:
    sqs = boto3.client("sqs", "sa-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    observe_calls(sqs)
    Context().run(sqs.create_queue, QueueName="nobodys-trace")
    with trace(PARENT) as above:
        url = sqs.create_queue(QueueName="secret-name")["QueueUrl"]
        with pytest.raises(sqs.exceptions.QueueDoesNotExist):
            sqs.get_queue_url(QueueName="ana")
        sqs.send_message(QueueUrl=url, MessageBody="CPF 52998224725")
    spans = exported.get_finished_spans()
    assert [span.name for span in spans] == ["sqs CreateQueue", "sqs GetQueueUrl", "sqs SendMessage"]
    assert {ids(span) for span in spans} == {(TRACE, int(above.split("-")[2], 16))}
    assert [span.status.status_code for span in spans] == [
        StatusCode.UNSET,
        StatusCode.ERROR,
        StatusCode.UNSET,
    ]
    assert not [span for span in spans if "secret" in span.to_json() or "52998" in span.to_json()]


def test_a_statement_is_noted_by_operation_and_table_without_its_values(
    exported: InMemorySpanExporter,
) -> None:
    loggers: list[Any] = []
    observe_statements(SimpleNamespace(add_query_logger=loggers.append))
    query = SimpleNamespace(
        query="UPDATE patients SET name = $1", args=("Ana",), elapsed=0.002, exception=ValueError("Ana")
    )
    Context().run(loggers[0], query)  # outside of any trace: a relay's poll
    with trace(PARENT):
        loggers[0](query)
    span = only(exported)
    assert span.name == "UPDATE patients"
    assert "Ana" not in span.to_json()
    assert (span.end_time or 0) - (span.start_time or 0) == 2_000_000
    assert datetime.fromtimestamp((span.end_time or 0) / 1e9, UTC).year >= 2026


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("BEGIN; SET LOCAL app.clinic = '0193a000-0000-7000-8000-00000000000a'", ("BEGIN", "")),
        ("COMMIT", ("COMMIT", "")),
        ("SELECT 1", ("SELECT", "")),
        ("\n  INSERT INTO outbox (id) VALUES ($1)", ("INSERT", "outbox")),
        ("DELETE FROM parked WHERE true", ("DELETE", "parked")),
        ("SELECT s.* FROM (SELECT set_config('a', $1, true)) AS scope JOIN LATERAL (SELECT x FROM exams e) s",
         ("SELECT", "exams")),
        ("WITH new AS (SELECT $1::uuid AS id), more AS (SELECT 1) INSERT INTO exams SELECT id FROM new",
         ("INSERT", "exams")),
        ("LISTEN x", ("OTHER", "")),
    ],
)  # fmt: skip
def test_statements_are_named(sql: str, name: tuple[str, str]) -> None:
    assert named(sql) == name
