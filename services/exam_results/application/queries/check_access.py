"""Whether a caller may have the report of an exam, for the service that keeps the files."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.exam_results.application.caller import Caller
from services.exam_results.application.ports import ExamReads
from services.shared.kernel.access import views_of
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.relations import Sees


@dataclass(frozen=True)
class CheckAccess:
    """Say for what purpose the caller may download the exam's report by a relation: proxy, share or emergency; without
    one the exam does not exist. Asked with the caller's own token by file-management, which decides the rest itself.
    """

    clock: Clock

    async def run(
        self, reads: ExamReads, caller: Caller, exam_id: UUID, person_id: UUID
    ) -> dict[str, object]:
        now = self.clock.now()
        own, others = views_of(caller.principal, now), views_of(caller.principal, now, person_id)
        for view in (*own, *others):
            if view.relation is None or view.sees is Sees.LIST:
                continue
            entry = caller.did(
                "exam.download_checked", now, clinic_id=None, exam_id=exam_id, purpose=view.purpose
            )
            row = await reads.one(replace(view, sees=Sees.DOWNLOAD), exam_id, entry)
            if row is None:
                continue
            if not view.in_time(signed=row["signed"], opened=row["opened"]):
                break
            step_up = view.needs_step_up(sensitive=row["sensitive"])
            return {"purpose": view.purpose, "step_up_needed": step_up}
        raise NOT_FOUND.error()
