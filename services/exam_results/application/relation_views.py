"""The views that a caller's relations to one person open."""

from datetime import datetime
from uuid import UUID

from services.exam_results.application.caller import Caller
from services.exam_results.application.policy import views_by_relation
from services.exam_results.application.ports import ExamReads
from services.shared.kernel.access import View


async def views_to(reads: ExamReads, caller: Caller, person_id: UUID, now: datetime) -> tuple[View, ...]:
    """One statement more than the own exams cost: which relations there are decides how the exams are asked for."""
    known = await reads.relations_to(caller.id, person_id)
    return views_by_relation(caller.principal, now, person_id, known)
