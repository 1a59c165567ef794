"""Tell a patient that the visit is complete and the report is in preparation."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notification.application.commands.tell_person import TellPerson, Told
from services.notification.application.ports import ExamProgressStore
from services.notification.domain.decision import SUPERSEDED
from services.notification.domain.exam_progress import ExamProgress
from services.notification.domain.notice import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletedExam:
    exam_id: UUID
    version: int
    person_id: UUID
    clinic_id: UUID
    report_version: int
    collected_at: datetime
    traceparent: str


class AnnounceCompletion:
    """Told once per report version, and not any more once the report can be read or the exam went on."""

    def __init__(self, *, exams: ExamProgressStore, tell: TellPerson) -> None:
        self._exams = exams
        self._tell = tell

    async def __call__(self, exam: CompletedExam) -> Told:
        known = await self._exams.join(ExamProgress(exam_id=exam.exam_id, version=exam.version))
        return await self._tell(
            Notice(
                reason=f"exam:{exam.exam_id}:completed:{exam.report_version}",
                template="completed",
                person_id=exam.person_id,
                clinic_id=exam.clinic_id,
                exam_id=exam.exam_id,
                at=exam.collected_at,
                obsolete=SUPERSEDED if known.version > exam.version else None,
                traceparent=exam.traceparent,
            )
        )
