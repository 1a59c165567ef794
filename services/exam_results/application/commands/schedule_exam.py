"""Give an exam an appointment, or another one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.exam_results.application.caller import Caller
from services.exam_results.application.exam_access import exam_for, save_and_audit
from services.exam_results.application.ports import ExamWork
from services.exam_results.domain.exam import Exam
from services.shared.kernel.clock import Clock


@dataclass(frozen=True)
class ScheduleExam:
    """Schedule or reschedule, by a receptionist or the patient; the appointment lies in the future."""

    clock: Clock

    async def run(self, work: ExamWork, caller: Caller, exam_id: UUID, at: datetime) -> Exam:
        now = self.clock.now()
        exam = await exam_for(work, caller, exam_id)
        exam.schedule(at, caller.actor, now)
        await save_and_audit(work, caller, exam, "exam.schedule", now)
        return exam
