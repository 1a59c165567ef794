"""Take back what was shared."""

from dataclasses import dataclass
from uuid import UUID

from services.exam_results.application.caller import Caller
from services.exam_results.application.ports import ExamWork
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND


@dataclass(frozen=True)
class EndShare:
    """The patient ends any share of the own exams, a doctor one the doctor made; it holds from the next request on."""

    clock: Clock

    async def run(self, work: ExamWork, caller: Caller, relation_id: UUID) -> None:
        now = self.clock.now()
        ended = await work.relations.end(relation_id, caller.id, now)
        if ended is None:
            raise NOT_FOUND.error()
        await work.audit(
            caller.did("share.end", now, clinic_id=ended.clinic_id, exam_id=ended.exam_id, purpose="shared")
        )
