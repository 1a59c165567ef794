"""What is known of one document."""

from dataclasses import dataclass
from uuid import UUID

from services.file_management.application.caller import Caller
from services.file_management.application.policy import within_reach
from services.file_management.application.ports import AuditTrail, Files, Relations
from services.file_management.domain.errors import FILE_NOT_FOUND
from services.file_management.domain.report_file import ReportFile
from services.shared.kernel.clock import Clock


@dataclass(frozen=True)
class ReadFile:
    """Describe one document (not its bytes) to somebody who may see it; for others it is not found. Audited."""

    files: Files
    audit: AuditTrail
    clock: Clock
    relations: Relations

    async def run(self, caller: Caller, file_id: UUID) -> ReportFile:
        file = await self.files.file(file_id)
        now = self.clock.now()
        reached = await within_reach(caller, [file], self.relations, now) if file else []
        if file is None or not reached:
            raise FILE_NOT_FOUND.error()
        await self.audit.record(
            caller.did(
                "file.read",
                now,
                clinic_id=file.clinic_id,
                patient_id=file.patient_id,
                resource=f"file/{file.id}",
                purpose=reached[0].purpose,
            )
        )
        return file
