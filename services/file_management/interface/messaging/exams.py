"""Queue `file-management-exams`: what happens to an exam, to what this service does about it."""

from dataclasses import dataclass

from services.file_management.application.commands.follow_person import FollowPerson
from services.file_management.application.commands.open_folder import OpenFolder
from services.file_management.application.commands.open_report import OpenReport
from services.file_management.application.commands.render_draft import RenderDraft
from services.file_management.application.commands.sign_report import SignReport
from services.file_management.application.ports import AlreadyApplied, Occasion
from services.file_management.domain.exam_folder import ExamRef
from services.shared.contracts.exam_results import (
    ExamCompleted,
    ExamCreated,
    ExamData,
    ExamResultReady,
    ExamUpdated,
)
from services.shared.platform.messaging.envelope import Message

QUEUE = "file-management-exams"
RELEASED = frozenset({"released", "amended", "corrected", "appended"})  # states that stand on a signed report


@dataclass(frozen=True)
class ExamEvents:
    open_folder: OpenFolder
    render_draft: RenderDraft
    sign_report: SignReport
    open_report: OpenReport
    follow_person: FollowPerson

    async def apply(self, message: Message) -> str:
        """Return `done`, `repeat` (applied before) or `stale` (nothing is due)."""
        occasion = Occasion(message.id, QUEUE)
        try:
            changed = await self._apply(message, occasion)
        except AlreadyApplied:
            return "repeat"
        return "done" if changed else "stale"

    async def _apply(self, message: Message, occasion: Occasion) -> bool:
        match message.data:
            case ExamCreated() as data:
                return await self.open_folder.run(_exam(message, data), occasion)
            case ExamCompleted() as data:
                return await self.render_draft.run(_exam(message, data), data.report_version, occasion)
            case ExamUpdated(person_changed=True) as data:
                return await self.follow_person.run(_exam(message, data), occasion)
            case ExamUpdated(state=state, report_version=int(version)) as data if state in RELEASED:
                return await self.sign_report.run(_exam(message, data), version, occasion)
            case ExamResultReady() as data:
                return await self.open_report.run(_exam(message, data), data.report_version, occasion)
        return False  # other changes of an exam make no document


def _exam(message: Message, data: ExamData) -> ExamRef:
    return ExamRef(
        clinic_id=message.clinic_id,
        exam_id=data.exam_id,
        patient_id=data.patient_id,
        person_id=data.person_id,
        requester_id=data.requester_id,
        protocol=data.protocol,
        version=data.version,
    )
