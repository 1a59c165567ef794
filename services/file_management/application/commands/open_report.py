"""Open a signed report to the patient."""

from dataclasses import dataclass
from uuid import UUID

from services.file_management.application.erase_drafts import erase_drafts
from services.file_management.application.folder_changes import change_folder
from services.file_management.application.ports import Folders, Occasion, ReportObjects
from services.file_management.domain.exam_folder import ExamFolder, ExamRef
from services.shared.kernel.clock import Clock


class NothingToOpen(Exception):
    """The version said to be ready is not signed here: it must come again."""


@dataclass(frozen=True)
class OpenReport:
    """Open the signed report that exam-results declared ready; earlier opened versions become `replaced`.

    It was signed here before exam-results could declare it, so a missing one is an error, not a state.
    Of a patient who was erased meanwhile nothing but the signed report stays.
    """

    folders: Folders
    objects: ReportObjects
    clock: Clock

    async def run(self, exam: ExamRef, report_version: int, occasion: Occasion) -> bool:
        gone: set[UUID] = set()

        def open_it(folder: ExamFolder) -> bool:
            gone.update(folder.closed_to)
            if not folder.open_report(report_version):
                raise NothingToOpen
            return bool(folder.changed)

        try:
            return await change_folder(self.folders, exam, occasion, open_it)
        finally:  # also when the event comes again: the run before may have broken off here
            if exam.person_id in gone:
                await erase_drafts(self.folders, self.objects, exam, self.clock)
