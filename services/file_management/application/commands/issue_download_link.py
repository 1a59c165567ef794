"""Give somebody a document."""

from dataclasses import dataclass
from uuid import UUID

from services.file_management.application.caller import Caller
from services.file_management.application.policy import within_reach
from services.file_management.application.ports import AuditTrail, DownloadLinks, Files, Relations
from services.file_management.domain.errors import FILE_NOT_FOUND, STEP_UP_REQUIRED
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
    A report of a sensitive class is given to readers only with a second factor proved again.
    """

    files: Files
    audit: AuditTrail
    links: DownloadLinks
    clock: Clock
    relations: Relations

    async def run(self, caller: Caller, file_id: UUID) -> DownloadLink:
        file = await self.files.file(file_id)
        now = self.clock.now()
        reached = await within_reach(caller, [file], self.relations, now) if file else []
        if file is None or not reached:
            raise FILE_NOT_FOUND.error()
        if not reached[0].ready:
            raise STEP_UP_REQUIRED.error()
        await self.audit.record(
            caller.did(
                "file.link_issued",
                now,
                clinic_id=file.clinic_id,
                patient_id=file.patient_id,
                resource=f"file/{file.id}",
                purpose=reached[0].purpose,
            )
        )
        return DownloadLink(self.links.issue(file.object_key, file.name), file)
