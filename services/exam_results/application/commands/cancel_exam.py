"""Cancel an exam that was not released."""

from dataclasses import dataclass
from uuid import UUID

from services.exam_results.application.caller import Caller
from services.exam_results.application.exam_access import exam_for, save_and_audit
from services.exam_results.application.ports import ExamWork
from services.exam_results.domain.exam import Exam
from services.shared.kernel.clock import Clock


@dataclass(frozen=True)
class CancelExam:
    """Cancel, with the reason: before collection by receptionist, doctor or patient, after it by a releaser."""

    clock: Clock

    async def run(self, work: ExamWork, caller: Caller, exam_id: UUID, reason: str) -> Exam:
        now = self.clock.now()
        exam = await exam_for(work, caller, exam_id)
        exam.cancel(reason, caller.actor, now)
        await save_and_audit(work, caller, exam, "exam.cancel", now)
        return exam
