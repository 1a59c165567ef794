"""One exam with all that the caller may see of it."""

from dataclasses import dataclass
from uuid import UUID

from services.exam_results.application.caller import Caller
from services.exam_results.application.exam_json import ExamJson
from services.exam_results.application.policy import emergency_view, view_of
from services.exam_results.application.ports import ExamReads
from services.exam_results.application.relation_views import views_to
from services.shared.kernel.access import View
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND


@dataclass(frozen=True)
class ReadExam:
    """Read an exam inside the caller's view; outside it there is none (404). Values appear by the policy. The audit
    row is written with the read itself. With `person_id` the exam of a person who lets the caller in; with
    `way=emergency` under an emergency access.
    """

    json: ExamJson
    clock: Clock

    async def run(
        self,
        reads: ExamReads,
        caller: Caller,
        exam_id: UUID,
        *,
        person_id: UUID | None = None,
        emergency: bool = False,
    ) -> bytes:
        now = self.clock.now()
        views: tuple[View, ...]
        if emergency:
            views = (emergency_view(caller.principal, now),)
        elif person_id is not None:
            views = await views_to(reads, caller, person_id, now)
        else:
            views = (view_of(caller.principal, now),)
        for view in views:
            audit = caller.did(
                "exam.read", now, clinic_id=view.clinic_id, exam_id=exam_id, purpose=view.purpose
            )
            row = await reads.one(view, exam_id, audit)
            if row is not None:
                return self.json.whole_exam(row, view, caller.principal)
        raise NOT_FOUND.error()

    async def after_change(self, reads: ExamReads, caller: Caller, exam_id: UUID) -> bytes:
        """Return the exam inside the transaction of a command, whose own audit row stands for this read."""
        view = view_of(caller.principal, self.clock.now())
        row = await reads.one(view, exam_id, None)
        if row is None:
            raise NOT_FOUND.error()
        return self.json.whole_exam(row, view, caller.principal)
