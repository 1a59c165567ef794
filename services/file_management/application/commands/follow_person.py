"""Let an exam's documents follow the person the exam belongs to."""

from dataclasses import dataclass

from services.file_management.application.folder_changes import change_folder
from services.file_management.application.ports import Folders, Occasion
from services.file_management.domain.exam_folder import ExamRef


@dataclass(frozen=True)
class FollowPerson:
    """After a patient's record was merged into another of the same person, or taken out again: who may read the
    documents changes with the exam, and an event older than what is known changes nothing.
    """

    folders: Folders

    async def run(self, exam: ExamRef, occasion: Occasion) -> bool:
        return await change_folder(
            self.folders, exam, occasion, lambda folder: folder.exam.version <= exam.version
        )
