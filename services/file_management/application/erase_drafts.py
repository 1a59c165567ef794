"""Erase an exam's drafts once its patient asked to be erased."""

from services.file_management.application.folder_changes import change_folder
from services.file_management.application.ports import Folders, ReportObjects
from services.file_management.domain.exam_folder import ExamFolder, ExamRef
from services.shared.kernel.clock import Clock


async def erase_drafts(folders: Folders, objects: ReportObjects, exam: ExamRef, clock: Clock) -> int:
    """Erase what no law keeps: the drafts of versions that are signed. Return how many.

    The bytes go first: when this breaks off in between, the row still says what is to be erased. A draft of an exam
    under way stays until that is signed; the signed reports stay for as long as the clinical record.
    """
    drafts = (await folders.load(exam)).needless_drafts()
    for draft in drafts:
        await objects.erase(draft.object_key)
    if drafts:
        now = clock.now()

        def drop(folder: ExamFolder) -> bool:
            for draft in drafts:
                folder.drop(draft.id, now)
            return bool(folder.dropped)

        await change_folder(folders, exam, None, drop)
    return len(drafts)
