"""What is known of one document."""

from dataclasses import dataclass
from uuid import UUID

from services.file_management.application.caller import Caller
from services.file_management.application.policy import may_see
from services.file_management.application.ports import AuditTrail, Files
from services.file_management.domain.errors import FILE_NOT_FOUND
from services.file_management.domain.report_file import ReportFile
from services.shared.kernel.clock import Clock


@dataclass(frozen=True)
class ReadFile:
    """Describe one document (not its bytes) to somebody who may see it; for others it is not found. Audited."""

    files: Files
    audit: AuditTrail
    clock: Clock

    async def run(self, caller: Caller, file_id: UUID) -> ReportFile:
        file = await self.files.file(file_id)
        if file is None or not may_see(caller.principal, file):
            raise FILE_NOT_FOUND.error()
        await self.audit.record(
            caller.did(
                "file.read",
                self.clock.now(),
                clinic_id=file.clinic_id,
                patient_id=file.patient_id,
                resource=f"file/{file.id}",
            )
        )
        return file
