"""Close the documents to an account that is gone."""

from dataclasses import dataclass
from uuid import UUID

from services.file_management.application.erase_drafts import erase_drafts
from services.file_management.application.folder_changes import change_folder
from services.file_management.application.ports import Folders, ReportObjects
from services.file_management.domain.exam_folder import ExamFolder
from services.shared.kernel.clock import Clock


@dataclass(frozen=True)
class CloseAccess:
    """Close every folder that the account was the patient or the requester of, one by one.

    Closing twice changes nothing, so a run that broke off is simply run again. The signed documents stay: a clinical
    record is kept for twenty years (Law 13.787/2018, art. 6), and the laboratory still sees them. The patient's drafts
    are erased, once their version is signed.
    """

    folders: Folders
    objects: ReportObjects
    clock: Clock

    async def run(self, account_id: UUID) -> int:
        """Return how many folders were closed now."""

        def close(folder: ExamFolder) -> bool:
            if account_id in folder.closed_to:
                return False
            folder.close_to(account_id)
            return True

        refs = await self.folders.folders_of(account_id)
        closed = sum([await change_folder(self.folders, exam, None, close) for exam in refs])
        for exam in refs:
            if exam.person_id == account_id:
                await erase_drafts(self.folders, self.objects, exam, self.clock)
        return closed
