"""Open a signed report to the patient."""

from dataclasses import dataclass

from services.file_management.application.folder_changes import change_folder
from services.file_management.application.ports import Folders, Occasion
from services.file_management.domain.exam_folder import ExamFolder, ExamRef


class NothingToOpen(Exception):
    """The version said to be ready is not signed here: it must come again."""


@dataclass(frozen=True)
class OpenReport:
    """Open the signed report that exam-results declared ready; earlier opened versions become `replaced`.

    It was signed here before exam-results could declare it, so a missing one is an error, not a state.
    """

    folders: Folders

    async def run(self, exam: ExamRef, report_version: int, occasion: Occasion) -> bool:
        def open_it(folder: ExamFolder) -> bool:
            if not folder.open_report(report_version):
                raise NothingToOpen
            return bool(folder.changed)

        return await change_folder(self.folders, exam, occasion, open_it)
