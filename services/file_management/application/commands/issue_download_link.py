"""Give somebody a document."""

from dataclasses import dataclass
from uuid import UUID

from services.file_management.application.caller import Caller
from services.file_management.application.policy import may_see
from services.file_management.application.ports import AuditTrail, DownloadLinks, Files
from services.file_management.domain.errors import FILE_NOT_FOUND
from services.file_management.domain.report_file import ReportFile
from services.shared.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class DownloadLink:
    url: str
    file: ReportFile


@dataclass(frozen=True)
class IssueDownloadLink:
    """Issue a link to one document's bytes, good for 60 seconds, to somebody who may see it.

    The fact is in the audit trail before the link is given. What the caller may not see is not found.
    """

    files: Files
    audit: AuditTrail
    links: DownloadLinks
    clock: Clock

    async def run(self, caller: Caller, file_id: UUID) -> DownloadLink:
        file = await self.files.file(file_id)
        if file is None or not may_see(caller.principal, file):
            raise FILE_NOT_FOUND.error()
        await self.audit.record(
            caller.did(
                "file.link_issued",
                self.clock.now(),
                clinic_id=file.clinic_id,
                patient_id=file.patient_id,
                resource=f"file/{file.id}",
            )
        )
        return DownloadLink(self.links.issue(file.object_key, file.name), file)
