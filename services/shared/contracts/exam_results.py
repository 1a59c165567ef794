"""Events of exam-results, on topic `exam-results-events`. No clinical value, no exam name, no identity."""

from datetime import datetime
from uuid import UUID

from services.shared.contracts.event_data import EventData


class ExamData(EventData):
    exam_id: UUID
    protocol: str
    patient_id: UUID
    person_id: UUID
    requester_id: UUID


class ExamCreated(ExamData):
    state: str
    scheduled_at: datetime | None = None
    created_at: datetime


class ExamUpdated(ExamData):
    state: str
    previous_state: str
    report_version: int | None = None
    scheduled_at: datetime | None = None
    occurred_at: datetime
    ever_released: bool
    person_changed: bool = False  # nothing but `person_id` is new: whom the exam belongs to


class ExamCompleted(ExamData):
    report_version: int
    collected_at: datetime
    completed_at: datetime


class ExamResultReady(ExamData):
    """The signed report of `report_version` may be read by the patient from now on."""

    report_version: int
    file_id: UUID
    sha256: str
    ready_at: datetime
