"""What the other services are told: ids, versions, states and times."""

import json

import pytest

from services.exam_results.domain.exam import Exam
from services.exam_results.domain.exam_events import EVENT_TYPES, ExamFact
from services.exam_results.infrastructure.in_memory.memory import Memory
from services.exam_results.infrastructure.persistence.event_codec import decode, encode
from services.exam_results.infrastructure.wire_events import wire_messages
from services.shared.platform.messaging.envelope import Message, parse_message
from tests.unit.exam_results.samples import NOW, Clinic, Job


def told(memory: Memory) -> list[Message]:
    (exam_id,) = memory.streams
    exam = memory.exam(exam_id)
    assert isinstance(exam, Exam)
    exam.recorded = list(memory.announced)
    return list(wire_messages(exam))


async def test_the_job_is_told_in_seven_messages(job: Job, clinic: Clinic, memory: Memory) -> None:
    await job.opened(clinic)
    told_types = [(message.type, getattr(message.data, "state", None)) for message in told(memory)]
    assert told_types == [
        ("exam.created", "registered"),
        ("exam.updated", "collected"),
        ("exam.updated", "in_analysis"),
        ("exam.completed", None),
        ("exam.updated", "released"),
        ("exam.result.ready", None),
    ]


async def test_messages_carry_no_value_no_name_and_pass_validation(
    job: Job, clinic: Clinic, memory: Memory
) -> None:
    await job.opened(clinic)
    for message in told(memory):
        body = message.to_json().decode()
        assert parse_message(body).type == message.type
        for secret in ("13.50", "Hemograma", "HEMO", "Maria", "Beatriz", "1988"):
            assert secret not in body


async def test_a_rescheduled_exam_says_so(job: Job, clinic: Clinic, memory: Memory) -> None:
    exam = await job.register(clinic)
    async with job.transactions.change(clinic.receptionist.principal, exam.facts.id) as work:
        await job.desk.schedule.run(work, clinic.receptionist, exam.facts.id, NOW.replace(year=2027))
    last = told(memory)[-1]
    assert last.data.model_dump()["state"] == "scheduled"
    assert last.data.model_dump()["previous_state"] == "registered"
    assert last.data.model_dump()["ever_released"] is False


async def test_every_event_survives_storage_exactly(job: Job, clinic: Clinic, memory: Memory) -> None:
    exam = await job.opened(clinic, values=None)
    other = await job.register(clinic, scheduled_at=NOW.replace(year=2027), clinical_note="nota")
    await job.completed(clinic)
    async with job.transactions.change(clinic.doctor.principal, other.facts.id) as work:
        await job.desk.cancel.run(work, clinic.doctor, other.facts.id, "desistência")
    for stream in memory.streams.values():
        for event in stream:
            assert _stored_and_read(event) == event
    assert exam.facts.results


def _stored_and_read(event: ExamFact) -> ExamFact:
    name, data = encode(event)
    return decode(
        {
            "type": name,
            "data": json.loads(json.dumps(data)),
            "exam_id": event.exam_id,
            "event_id": event.event_id,
            "at": event.occurred_at,
            "actor_id": event.actor_id,
        }
    )


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_every_event_has_a_name_for_people(kind: type[ExamFact]) -> None:
    from services.exam_results.application.exam_json import EVENT_NAMES

    assert EVENT_NAMES[kind.__name__][0] != EVENT_NAMES[kind.__name__][1]
