"""Tell a patient that a request is being worked on, when an attachment of it was processed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notification.application.commands.tell_person import TellPerson, Told
from services.notification.application.ports import ExamProgressStore
from services.notification.domain.notice import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessedFile:
    file_id: UUID
    exam_id: UUID
    person_id: UUID
    clinic_id: UUID
    is_attachment: bool
    occurred_at: datetime
    traceparent: str


class AnnounceAttachment:
    """Only attachments, and never once the exam was released.

    A draft report is not announced: it comes seconds after the completion, of which the patient is told anyway.
    A signed report is announced when it can be read, not when it is processed.
    """

    def __init__(self, *, exams: ExamProgressStore, tell: TellPerson) -> None:
        self._exams = exams
        self._tell = tell

    async def __call__(self, file: ProcessedFile) -> Told:
        if not file.is_attachment:
            return Told.DONE
        exam = await self._exams.find(file.exam_id)
        if exam is not None and exam.released:
            return Told.DONE
        return await self._tell(
            Notice(
                reason=f"file:{file.file_id}:processed",
                template="processed",
                person_id=file.person_id,
                clinic_id=file.clinic_id,
                exam_id=file.exam_id,
                at=file.occurred_at,
                traceparent=file.traceparent,
            )
        )
