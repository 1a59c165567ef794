"""End an embargo."""

from dataclasses import dataclass
from uuid import UUID

from services.exam_results.application.ports import ExamWork
from services.shared.kernel.clock import Clock


@dataclass(frozen=True)
class OpenResult:
    """Open a signed result whose embargo has ended; anything else stays as it is."""

    clock: Clock

    async def run(self, work: ExamWork, exam_id: UUID) -> None:
        exam = await work.exams.load(exam_id)
        if exam is not None:
            exam.open_result(self.clock.now())
            await work.exams.save(exam)
