"""Turns the export of spans on for a process, when its settings name a collector, and off at its end."""

from collections.abc import Callable

from services.shared.platform.settings import ServiceSettings
from services.shared.platform.spans.recording import record_with


def start_export(settings: ServiceSettings, service: str) -> Callable[[], None]:
    """Return how to end the export (which sends what is left). Without an address nothing is even imported."""
    if not settings.otlp_endpoint:
        return _nothing
    from services.shared.platform.spans.otlp import otlp_recorder

    recorder = otlp_recorder(settings.otlp_endpoint, service, settings.trace_ratio)
    record_with(recorder)

    def end() -> None:
        record_with(None)
        recorder.close()

    return end


def _nothing() -> None:
    pass
