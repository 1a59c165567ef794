"""Take note of what file-management made of an exam's documents."""

from dataclasses import dataclass

from services.exam_results.application.ports import ExamFile, ExamWork
from services.shared.kernel.clock import Clock

SIGNED_REPORT = "signed_report"


@dataclass(frozen=True, slots=True)
class WaitsFor:
    """The fact cannot be used yet; `prerequisite` names what must come first."""

    prerequisite: str


@dataclass(frozen=True)
class RecordReportFile:
    """Keep the newest word on a file. A signed report of the released version opens the result, or waits for the
    embargo to end. A file of an exam, or a signature of a version, that is not known yet waits.
    """

    clock: Clock

    async def run(self, work: ExamWork, file: ExamFile, version: int) -> bool | WaitsFor:
        """Return whether it was news, or what it waits for."""
        exam = await work.exams.load(file.exam_id)
        if exam is None:
            return WaitsFor(f"exam/{file.exam_id}")
        signed_version = file.report_version if file.ready and file.kind == SIGNED_REPORT else None
        if signed_version is None:
            return await work.files.put(file, version)
        if signed_version > exam.facts.report_version:
            return WaitsFor(f"exam/{file.exam_id}/report/{signed_version}")
        newer = await work.files.put(file, version)
        exam.record_signature(
            report_version=signed_version, file_id=file.id, sha256=file.sha256, now=self.clock.now()
        )
        await work.exams.save(exam)
        return newer
