"""Exports spans over OTLP/HTTP with OpenTelemetry's SDK. Imported only when an address is set.

The SDK is given the ids of our own trace context instead of making its own, so that logs, outbox rows, envelopes and
spans name the same trace. Whether a trace is kept is decided from its id (`TraceIdRatioBased`): every process of an
installation with the same ratio keeps the same traces, whoever started them.
"""

import threading

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from services.shared.platform.spans.recording import Span, only_listed
from services.shared.platform.tracing import parsed

_KINDS = {kind.name.lower(): kind for kind in SpanKind}
_EXPORT_EVERY_MS = 1000


class _GivenIds(IdGenerator):
    """Answers with the ids of the span that is being noted, in this thread."""

    def __init__(self) -> None:
        self._ids = threading.local()

    def give(self, trace_id: int, span_id: int) -> None:
        self._ids.trace, self._ids.span = trace_id, span_id

    def generate_trace_id(self) -> int:
        return int(self._ids.trace)

    def generate_span_id(self) -> int:
        return int(self._ids.span)


class OtelRecorder:
    def __init__(self, processor: SpanProcessor, service: str, ratio: float) -> None:
        self._ids = _GivenIds()
        self._provider = TracerProvider(
            resource=Resource.create({"service.name": service, "service.namespace": "laudo"}),
            sampler=TraceIdRatioBased(ratio),
            id_generator=self._ids,
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("laudo")

    def __call__(self, span: Span) -> None:
        own = parsed(span.traceparent)
        if own is None:
            return
        self._ids.give(int(own[0], 16), int(own[1], 16))
        noted = self._tracer.start_span(
            span.name,
            context=_below(span.parent),
            kind=_KINDS[span.kind],
            attributes=only_listed(span.attributes),
            start_time=span.started_ns,
        )
        if span.error is not None:
            noted.set_attribute("error.type", span.error)
            noted.set_status(Status(StatusCode.ERROR))
        noted.end(span.ended_ns)

    def close(self) -> None:
        """Send what is left; gives up after the exporter's own time-out."""
        self._provider.shutdown()


def _below(parent: str | None) -> Context:
    known = parsed(parent)
    if known is None:
        return Context()
    above = SpanContext(int(known[0], 16), int(known[1], 16), True, TraceFlags(TraceFlags.SAMPLED))
    return set_span_in_context(NonRecordingSpan(above), Context())


def otlp_recorder(endpoint: str, service: str, ratio: float) -> OtelRecorder:
    """Return a recorder that sends batches to `endpoint` (without `/v1/traces`), from a thread of its own."""
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=3)
    return OtelRecorder(BatchSpanProcessor(exporter, schedule_delay_millis=_EXPORT_EVERY_MS), service, ratio)
