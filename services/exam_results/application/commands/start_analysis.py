"""Begin the analysis of a collected specimen."""

from dataclasses import dataclass
from uuid import UUID

from services.exam_results.application.caller import Caller
from services.exam_results.application.exam_access import exam_for, save_and_audit
from services.exam_results.application.ports import ExamWork
from services.exam_results.domain.exam import Exam
from services.shared.kernel.clock import Clock


@dataclass(frozen=True)
class StartAnalysis:
    """Start the analysis, by a technician, of an exam whose specimen was collected."""

    clock: Clock

    async def run(self, work: ExamWork, caller: Caller, exam_id: UUID) -> Exam:
        now = self.clock.now()
        exam = await exam_for(work, caller, exam_id)
        exam.start_analysis(caller.actor, now)
        await save_and_audit(work, caller, exam, "exam.start_analysis", now)
        return exam
