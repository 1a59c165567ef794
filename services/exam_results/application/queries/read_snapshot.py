"""What the renderer prints."""

from dataclasses import dataclass
from uuid import UUID

from services.exam_results.application.caller import Caller
from services.exam_results.application.ports import ExamReads, StoredSnapshot
from services.exam_results.domain.report import Stage
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND


@dataclass(frozen=True)
class ReadSnapshot:
    """Return the stored snapshot of a report version, byte by byte as it was hashed. For services whose token has
    the scope `snapshot:read`; audited like any read of clinical data.
    """

    clock: Clock

    async def run(
        self, reads: ExamReads, caller: Caller, exam_id: UUID, report_version: int, stage: Stage
    ) -> StoredSnapshot:
        found = await reads.snapshot(exam_id, report_version, stage)
        if found is None:
            raise NOT_FOUND.error()
        await reads.audit(
            caller.did(
                "exam.snapshot_read",
                self.clock.now(),
                clinic_id=found.clinic_id,
                patient_id=found.patient_id,
                exam_id=exam_id,
                purpose="report",
            )
        )
        return found
