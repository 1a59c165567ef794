"""Trace context: a valid parent is continued, anything else starts a new trace."""

import re

import pytest

from services.shared.platform.tracing import current_trace_id, current_traceparent, trace

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_child_keeps_the_trace_and_has_a_span_of_its_own() -> None:
    with trace(PARENT) as child:
        assert child.split("-")[1] == PARENT.split("-")[1]
        assert child.split("-")[2] != PARENT.split("-")[2]
        assert current_traceparent() == child
        assert current_trace_id() == PARENT.split("-")[1]


@pytest.mark.parametrize(
    "incoming",
    [
        None,
        "",
        "nonsense",
        "00-" + "0" * 32 + "-b7ad6b7169203331-01",
        PARENT.upper(),
        PARENT + "\r\nx: y",
        "ff" + PARENT[2:],
    ],
)
def test_a_foreign_or_broken_parent_starts_a_new_trace(incoming: str | None) -> None:
    with trace(incoming) as started:
        assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", started)
        assert PARENT.split("-")[1] not in started


def test_traces_nest_and_end() -> None:
    with trace(PARENT):
        with trace(None) as inner:
            assert current_traceparent() == inner
        assert current_trace_id() == PARENT.split("-")[1]
