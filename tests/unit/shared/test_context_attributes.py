"""What is shown of a message that cannot be read: each attribute in exactly its form, or nothing."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.shared.platform.messaging.context_attributes import NOTHING_READABLE, context_attributes
from services.shared.platform.messaging.envelope import MalformedMessage, parse_message

KNOWN = {
    "id": "0193a000-0000-7000-8000-000000000001",
    "type": "exam.created",
    "source": "/exam-results",
    "subject": "0193a000-0000-7000-8000-000000000002",
    "time": "2026-01-02T03:04:05Z",
    "clinicid": "0193a000-0000-7000-8000-00000000000a",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
}


def test_what_has_its_form_is_read_though_the_rest_is_broken() -> None:
    seen = context_attributes(json.dumps(KNOWN | {"data": 7, "specversion": None}))
    assert (str(seen.event_id), seen.type, seen.source) == (KNOWN["id"], "exam.created", "/exam-results")
    assert (str(seen.subject), str(seen.clinic_id)) == (KNOWN["subject"], KNOWN["clinicid"])
    assert seen.trace_id == "0af7651916cd43dd8448eb211c80319c"
    assert seen.time is not None


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize(
    "written", ["Maria da Silva", "52998224725", "", 11.4, None, ["x"], "2026-01-02T03:04:05"]
)
def test_anything_else_is_left_out(name: str, written: Any) -> None:
    seen = context_attributes(json.dumps({name: written}))
    assert seen == NOTHING_READABLE


@given(
    st.text() | st.recursive(st.none() | st.text() | st.integers(), st.lists, max_leaves=5).map(json.dumps)
)
def test_reading_never_fails(body: str) -> None:
    context_attributes(body)


def test_the_reason_in_the_log_leaves_out_names_that_the_sender_invented() -> None:
    envelope = KNOWN | {"specversion": "1.0", "dataschema": "x", "datacontenttype": "x", "data": {}}
    with pytest.raises(MalformedMessage) as refused:
        parse_message(json.dumps(envelope | {"Maria da Silva": 1}))
    assert str(refused.value) == "envelope: envelope: extra_forbidden"
