"""The envelope is CloudEvents 1.0, and what does not match its schema is refused with no content in the reason."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from services.shared.contracts.accounts import AccountDeleted
from services.shared.contracts.exam_results import ExamCreated
from services.shared.kernel.ids import new_id
from services.shared.platform.messaging.envelope import MalformedMessage, Message, new_message, parse_message

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def exam_created() -> Message:
    data = ExamCreated(
        version=1,
        exam_id=new_id(),
        protocol="2611-ABC",
        patient_id=new_id(),
        person_id=new_id(),
        requester_id=new_id(),
        state="registered",
        created_at=NOW,
    )
    return new_message(
        "exam.created", source="/exam-results", subject=data.exam_id, clinic_id=new_id(), time=NOW, data=data
    )


def changed(**changes: Any) -> str:
    body = json.loads(exam_created().to_json())
    for path, value in changes.items():
        target = body["data"] if path.startswith("data_") else body
        name = path.removeprefix("data_")
        if value is ...:
            target.pop(name)
        else:
            target[name] = value
    return json.dumps(body)


def test_a_message_survives_the_wire_unchanged() -> None:
    message = exam_created()
    assert parse_message(message.to_json()) == message


def test_the_envelope_has_the_attributes_of_cloudevents() -> None:
    body = json.loads(exam_created().to_json())
    assert body["specversion"] == "1.0"
    assert body["dataschema"] == "urn:laudo:schema:exam.created:1"
    assert body["time"] == "2026-11-22T12:00:00Z"
    assert {"id", "source", "type", "subject", "traceparent", "clinicid", "data"} <= set(body)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '"text"',
        changed(specversion="0.3"),
        changed(type="exam.exploded"),
        changed(id="7"),
        changed(clinicid=...),
        changed(data_version=...),
        changed(data_exam_id="not-a-uuid"),
        changed(data_cpf="52998224725"),
        changed(data_created_at="2026-02-30T00:00:00Z"),
        changed(extra="field"),
    ],
)
def test_what_does_not_match_the_schema_is_refused(body: str) -> None:
    with pytest.raises(MalformedMessage) as refused:
        parse_message(body)
    assert "52998224725" not in str(refused.value)


def test_data_of_another_type_cannot_be_sent() -> None:
    with pytest.raises(TypeError):
        new_message(
            "exam.created",
            source="/exam-results",
            subject=new_id(),
            clinic_id=new_id(),
            time=NOW,
            data=AccountDeleted(version=1, account_id=new_id()),
        )
