"""The documents of an exam."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.file_management.application.caller import Caller
from services.file_management.application.policy import within_reach
from services.file_management.application.ports import AuditTrail, Files, Relations
from services.file_management.domain.report_file import ReportFile
from services.shared.kernel.clock import Clock


@dataclass(frozen=True)
class ListFiles:
    """List the documents of an exam that the caller may see, the newest version first.

    An exam that is unknown, of somebody else or of another clinic has none. A list that shows something is audited.
    """

    files: Files
    audit: AuditTrail
    clock: Clock
    relations: Relations

    async def run(self, caller: Caller, exam_id: UUID) -> Sequence[ReportFile]:
        found = await self.files.files_of(exam_id)
        now = self.clock.now()
        reached = await within_reach(caller, found, self.relations, now)
        visible = [grasp.file for grasp in reached]
        if visible:
            await self.audit.record(
                caller.did(
                    "file.list",
                    now,
                    clinic_id=visible[0].clinic_id,
                    patient_id=visible[0].patient_id,
                    resource=f"exam/{exam_id}",
                    purpose=reached[0].purpose,
                )
            )
        return sorted(visible, key=lambda file: (-file.report_version, file.kind != "signed_report"))
