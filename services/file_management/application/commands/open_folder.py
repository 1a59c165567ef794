"""Prepare an exam's folder."""

from dataclasses import dataclass

from services.file_management.application.folder_changes import change_folder
from services.file_management.application.ports import Folders, Occasion
from services.file_management.domain.exam_folder import ExamRef


@dataclass(frozen=True)
class OpenFolder:
    """Make the folder of an exam, unless it exists: whatever event of the exam comes first brings all it needs."""

    folders: Folders

    async def run(self, exam: ExamRef, occasion: Occasion) -> bool:
        return await change_folder(self.folders, exam, occasion, lambda folder: folder.revision == 0)
