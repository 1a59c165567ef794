"""Send a completed exam back to the bench."""

from dataclasses import dataclass
from uuid import UUID

from services.exam_results.application.caller import Caller
from services.exam_results.application.exam_access import exam_for, save_and_audit
from services.exam_results.application.ports import ExamWork
from services.exam_results.domain.exam import Exam
from services.shared.kernel.clock import Clock


@dataclass(frozen=True)
class ReturnExam:
    """Return a completed exam to analysis, by a releaser, with the reason. The values stay to be corrected."""

    clock: Clock

    async def run(self, work: ExamWork, caller: Caller, exam_id: UUID, reason: str) -> Exam:
        now = self.clock.now()
        exam = await exam_for(work, caller, exam_id)
        exam.send_back(reason, caller.actor, now)
        await save_and_audit(work, caller, exam, "exam.return", now)
        return exam
