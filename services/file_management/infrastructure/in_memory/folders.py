"""Folders, files and inbox in memory, with the same promises as the real store."""

import copy
from collections.abc import Callable, Sequence
from uuid import UUID

from services.file_management.application.ports import AlreadyApplied, Occasion, Overtaken
from services.file_management.domain.exam_folder import ExamFolder, ExamRef, FileErased, FileProcessed
from services.file_management.domain.proof import Proof, proof_of
from services.file_management.domain.report_file import ReportFile


class InMemoryFolders:
    def __init__(self, after_commit: Callable[[], None] = lambda: None) -> None:
        self._folders: dict[tuple[UUID, UUID], ExamFolder] = {}
        self._inbox: set[Occasion] = set()
        self._after_commit = after_commit
        self.published: list[FileProcessed | FileErased] = []

    async def applied(self, occasion: Occasion) -> bool:
        return occasion in self._inbox

    async def load(self, exam: ExamRef) -> ExamFolder:
        stored = self._folders.get((exam.exam_id, exam.clinic_id))
        return copy.deepcopy(stored) if stored else ExamFolder(exam)

    async def save(self, folder: ExamFolder, occasion: Occasion | None) -> None:
        key = (folder.exam.exam_id, folder.exam.clinic_id)
        if occasion in self._inbox:
            raise AlreadyApplied
        stored = self._folders.get(key)
        if (stored.revision if stored else 0) != folder.revision:
            raise Overtaken
        kept = copy.deepcopy(folder)
        kept.revision += 1
        kept.changed, kept.dropped, kept.events = set(), set(), []
        self._folders[key] = kept
        if occasion:
            self._inbox.add(occasion)
        self.published += folder.events
        if folder.events:
            self._after_commit()

    async def folders_of(self, account_id: UUID) -> Sequence[ExamRef]:
        return [folder.exam for folder in self._folders.values() if account_id in folder.readers]

    async def file(self, file_id: UUID) -> ReportFile | None:
        found = [folder.files[file_id] for folder in self._folders.values() if file_id in folder.files]
        return found[0] if found else None

    async def files_of(self, exam_id: UUID) -> Sequence[ReportFile]:
        return [
            file
            for (exam, _), folder in self._folders.items()
            if exam == exam_id
            for file in folder.files.values()
        ]

    async def proof(self, code: str) -> Proof | None:
        files = [file for folder in self._folders.values() for file in folder.files.values()]
        return next((found for found in map(proof_of, files) if found and found.code == code), None)
