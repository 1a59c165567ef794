"""Follow an exam's changes and tell those that concern the patient's calendar or documents."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notification.application.commands.tell_person import TellPerson, Told
from services.notification.application.ports import ExamProgressStore
from services.notification.domain.decision import SUPERSEDED
from services.notification.domain.exam_notices import SCHEDULED, template_of_change
from services.notification.domain.exam_progress import ExamProgress
from services.notification.domain.notice import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamChange:
    exam_id: UUID
    version: int
    person_id: UUID
    clinic_id: UUID
    state: str
    previous_state: str | None  # None: just created
    scheduled_at: datetime | None
    ever_released: bool
    traceparent: str


class FollowExam:
    """Tells an appointment made or moved, a cancellation, and the annulment of a released report.

    - A change that arrives after a newer one is recorded as superseded and not sent: an old appointment must not
      follow a new one. An appointment that still waits, for the morning or for the provider, is asked again.
    - An appointment is told until its own time, not after.
    """

    def __init__(self, *, exams: ExamProgressStore, tell: TellPerson) -> None:
        self._exams = exams
        self._tell = tell

    async def __call__(self, change: ExamChange) -> Told:
        known = await self._exams.join(
            ExamProgress(exam_id=change.exam_id, version=change.version, released=change.ever_released)
        )
        template = template_of_change(
            state=change.state,
            previous_state=change.previous_state,
            scheduled_at=change.scheduled_at,
            ever_released=change.ever_released,
        )
        if template is None:
            return Told.DONE
        is_appointment = template in (SCHEDULED, "rescheduled")
        return await self._tell(
            Notice(
                reason=f"exam:{change.exam_id}:{template}:{change.version}",
                template=template,
                person_id=change.person_id,
                clinic_id=change.clinic_id,
                exam_id=change.exam_id,
                at=change.scheduled_at if is_appointment else None,
                useful_until=change.scheduled_at if is_appointment else None,
                exam_version=change.version if is_appointment else None,
                obsolete=SUPERSEDED if known.version > change.version else None,
                traceparent=change.traceparent,
            )
        )
