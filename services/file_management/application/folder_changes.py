"""Load a folder, decide, save; and decide again when somebody else was faster."""

from collections.abc import Callable

from services.file_management.application.ports import Folders, Occasion, Overtaken
from services.file_management.domain.exam_folder import ExamFolder, ExamRef

_ATTEMPTS = 6


async def change_folder(
    folders: Folders, exam: ExamRef, occasion: Occasion | None, decide: Callable[[ExamFolder], bool]
) -> bool:
    """Apply `decide` to the exam's folder and save it; False when it decided that nothing is to be done.

    Raises AlreadyApplied when the occasion's effect took place before.
    """
    for _ in range(_ATTEMPTS):
        folder = await folders.load(exam)
        folder.learn(exam)
        if not decide(folder):
            return False
        try:
            await folders.save(folder, occasion)
        except Overtaken:
            continue
        return True
    raise Overtaken
