"""Structured JSON logs, one object a line, with the trace id. Ids only: never a value, a name, a CPF or a contact."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog

from services.shared.platform.tracing import current_trace_id

# Allowed besides structlog's own; everything else is dropped, so that a careless call leaks nothing.
_ALLOWED = """
    account_id action address attempt attempts bucket bytes channel client_id clinic_id code
    consumer count database delay_s delivery_id destination duration_ms erasure_id error event_id event_type
    exam_id exception file_id host kind limit method migration path pid policy port queue reason
    receive_count report_version request_id role roles route sha256 size_bytes stage state status
    table template to_state topic trace_id version
"""
FIELDS = frozenset(_ALLOWED.split())
_OWN = frozenset({"event", "level", "timestamp", "service", "trace_id", "logger"})


def _only_allowed(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: value for key, value in event.items() if key in FIELDS or key in _OWN}


def _add_trace(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if "trace_id" not in event and (trace_id := current_trace_id()):
        event["trace_id"] = trace_id
    return event


def _named(service: str) -> structlog.typing.Processor:
    def add_service(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["service"] = service
        return event

    return add_service


def _name_exception(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep an exception's type and where it was raised; its text may hold what a person typed."""
    info = event.pop("exc_info", None)
    error = info if isinstance(info, BaseException) else sys.exc_info()[1] if info else None
    if error is not None:
        where, trail = error.__traceback__, []
        while where is not None:
            code = where.tb_frame.f_code
            trail.append(f"{code.co_filename.rsplit('/services/', 1)[-1]}:{where.tb_lineno}:{code.co_name}")
            where = where.tb_next
        event["error"] = type(error).__name__
        event["exception"] = " < ".join(reversed(trail[-6:]))
    return event


def _dumps(value: Any, **_: Any) -> bytes:
    return orjson.dumps(value, default=str)


class _ForeignLogs(logging.Handler):
    """Libraries' own records: their message may quote data, so only the logger's name and level are kept."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        structlog.get_logger().log(record.levelno, f"library.{record.name}", error=error)


def configure_logs(service: str, level: str = "INFO") -> None:
    """Send structlog and the libraries' warnings to standard output as JSON lines."""
    structlog.configure(
        processors=[
            _named(service),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _add_trace,
            _name_exception,
            _only_allowed,
            structlog.processors.JSONRenderer(serializer=_dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.BytesLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_ForeignLogs()], force=True)


def get_logger() -> structlog.typing.FilteringBoundLogger:
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger
