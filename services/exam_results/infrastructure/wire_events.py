"""From the stream to the wire: which domain event becomes which published event. Ids, versions, states, times only."""

from collections.abc import Iterator

from pydantic import BaseModel

from services.exam_results.application.ports import RecordedRelation
from services.exam_results.domain.exam import Exam, Recorded
from services.exam_results.domain.exam_events import (
    ExamCompleted,
    ExamRegistered,
    PersonChanged,
    ReportSigned,
    ResultMadeAvailable,
    ResultsEntered,
)
from services.shared.contracts import exam_results as wire
from services.shared.contracts.commands import SendEmergencyAccess
from services.shared.platform.messaging.envelope import Message, new_message

SOURCE = "/exam-results"
CRITICAL_QUEUE = "notification-critical"


def wire_messages(exam: Exam) -> Iterator[Message]:
    """Yield what the exam's unsaved events tell the other services, in order."""
    for recorded in exam.recorded:
        found = _data(exam, recorded)
        if found is not None:
            message_type, data = found
            yield new_message(
                message_type,
                source=SOURCE,
                subject=exam.facts.id,
                clinic_id=exam.facts.clinic_id,
                time=recorded.event.occurred_at,
                data=data,
            )


def emergency_message(recorded: RecordedRelation) -> Message:
    """The command that has the patient told: whose record and when; neither doctor nor reason."""
    relation = recorded.relation
    return new_message(
        "notification.command.emergency_access",
        source=SOURCE,
        subject=relation.person_id,
        clinic_id=relation.clinic_id,
        time=relation.starts_at,
        data=SendEmergencyAccess(account_id=relation.person_id, accessed_at=relation.starts_at),
    )


def _data(exam: Exam, recorded: Recorded) -> tuple[str, BaseModel] | None:
    facts, event = exam.facts, recorded.event
    if isinstance(event, ResultsEntered | ReportSigned):
        return None  # no other service acts on these
    who = {
        "exam_id": facts.id,
        "version": recorded.version,
        "protocol": facts.protocol,
        "patient_id": facts.patient_id,
        "person_id": facts.person_id,
        "requester_id": facts.requester_id,
    }
    if isinstance(event, ExamRegistered):
        return "exam.created", wire.ExamCreated(
            **who,
            state=recorded.state.value,
            scheduled_at=event.scheduled_at,
            created_at=event.occurred_at,
        )
    if isinstance(event, ExamCompleted):
        assert facts.collected_at is not None  # the lifecycle says so
        return "exam.completed", wire.ExamCompleted(
            **who,
            report_version=event.report_version,
            collected_at=facts.collected_at,
            completed_at=event.occurred_at,
        )
    if isinstance(event, ResultMadeAvailable):
        assert facts.signed_file_id is not None  # the aggregate opens nothing unsigned
        return "exam.result.ready", wire.ExamResultReady(
            **who,
            report_version=event.report_version,
            file_id=facts.signed_file_id,
            sha256=facts.signed_sha256 or "",
            ready_at=event.occurred_at,
        )
    return "exam.updated", wire.ExamUpdated(
        **who,
        state=recorded.state.value,
        previous_state=(recorded.previous_state or recorded.state).value,
        report_version=facts.report_version or None,
        scheduled_at=facts.scheduled_at,
        occurred_at=event.occurred_at,
        ever_released=facts.ever_released,
        person_changed=isinstance(event, PersonChanged),
    )
