"""Logs are JSON, carry the trace id, and cannot carry what people typed."""

import json

import pytest

from services.shared.platform.logs import get_logger
from services.shared.platform.tracing import trace


def _line(capsysbinary: pytest.CaptureFixture[bytes]) -> dict[str, object]:
    line: dict[str, object] = json.loads(capsysbinary.readouterr().out.splitlines()[-1])
    return line


def test_a_log_line_names_service_and_trace(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    with trace("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"):
        get_logger().info("exam.released", exam_id="e1")
    line = _line(capsysbinary)
    assert line["service"] == "test-service"
    assert line["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert line["exam_id"] == "e1"


def test_fields_that_are_not_on_the_list_are_dropped(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    get_logger().info("x", trace_id="t", cpf="52998224725", name="Ana", value="13.5", email="a@b.c")
    assert set(_line(capsysbinary)) == {"event", "level", "timestamp", "service", "trace_id"}


def test_the_text_of_an_exception_is_not_logged(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    try:
        raise ValueError("CPF 529.982.247-25 of Ana")
    except ValueError:
        get_logger().exception("failed")
    line = _line(capsysbinary)
    assert line["error"] == "ValueError"
    assert "529.982" not in json.dumps(line)
    assert "Ana" not in json.dumps(line)
    assert "test_the_text_of_an_exception" in str(line["exception"])
