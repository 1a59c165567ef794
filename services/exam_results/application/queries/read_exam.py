"""One exam with all that the caller may see of it."""

from dataclasses import dataclass
from uuid import UUID

from services.exam_results.application.caller import Caller
from services.exam_results.application.exam_json import ExamJson
from services.exam_results.application.policy import view_of
from services.exam_results.application.ports import ExamReads
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND


@dataclass(frozen=True)
class ReadExam:
    """Read an exam inside the caller's view; outside it there is none (404). Values appear by the policy. The audit
    row is written with the read itself.
    """

    json: ExamJson
    clock: Clock

    async def run(self, reads: ExamReads, caller: Caller, exam_id: UUID) -> bytes:
        view = view_of(caller.principal)
        audit = caller.did("exam.read", self.clock.now(), clinic_id=view.clinic_id, exam_id=exam_id)
        row = await reads.one(view, exam_id, audit)
        if row is None:
            raise NOT_FOUND.error()
        return self.json.whole_exam(row, view, caller.principal)

    async def after_change(self, reads: ExamReads, caller: Caller, exam_id: UUID) -> bytes:
        """Return the exam inside the transaction of a command, whose own audit row stands for this read."""
        view = view_of(caller.principal)
        row = await reads.one(view, exam_id, None)
        if row is None:
            raise NOT_FOUND.error()
        return self.json.whole_exam(row, view, caller.principal)
