"""Make the draft that technician and releaser look at before release."""

import hashlib
from dataclasses import dataclass

from services.file_management.application.folder_changes import change_folder
from services.file_management.application.ports import (
    Alarm,
    AlreadyApplied,
    Folders,
    Occasion,
    ReportObjects,
    ReportPress,
    SnapshotSource,
)
from services.file_management.application.report_data import ReportData, fetch_report_data
from services.file_management.domain.errors import ReportCheckFailed
from services.file_management.domain.exam_folder import ExamFolder, ExamRef
from services.file_management.domain.report_file import Kind, object_key
from services.shared.kernel.clock import Clock


@dataclass(frozen=True)
class RenderDraft:
    """Render the draft of a completed exam, marked as one on every page, unsigned and without a verification code.

    Completed again, the draft is made again. Beside a signed report of the same version none is made. A draft that
    differs from the data is not kept: what the releaser looks at must be what the data say.
    """

    folders: Folders
    source: SnapshotSource
    press: ReportPress
    objects: ReportObjects
    alarm: Alarm
    clock: Clock

    async def run(self, exam: ExamRef, report_version: int, occasion: Occasion) -> bool:
        """Return whether a draft was due."""
        if await self.folders.applied(occasion):
            raise AlreadyApplied
        folder = await self.folders.load(exam)
        if not folder.draft_is_due(report_version, exam.version):
            return False
        data = await fetch_report_data(self.source, exam, report_version, "draft")
        pdf = await self.press.render(data.document, data.identifiers, None)
        await self._check(pdf, data, exam, report_version)
        sha256 = hashlib.sha256(pdf).hexdigest()
        key = object_key(exam.clinic_id, exam.exam_id, report_version, Kind.DRAFT_REPORT, sha256)
        await self.objects.put(key, pdf, sha256)

        def add(current: ExamFolder) -> bool:
            if not current.draft_is_due(report_version, exam.version):
                return False
            current.add_report(
                Kind.DRAFT_REPORT,
                report_version,
                exam_version=exam.version,
                sha256=sha256,
                size_bytes=len(pdf),
                now=self.clock.now(),
                sensitive=data.snapshot.sensitive,
            )
            return True

        return await change_folder(self.folders, exam, occasion, add)

    async def _check(self, pdf: bytes, data: ReportData, exam: ExamRef, report_version: int) -> None:
        findings = await self.press.check(pdf, data.document, data.identifiers, None)
        if findings:
            places = [finding.where for finding in findings]
            self.alarm.raise_alarm("report.check_failed", exam.exam_id, report_version, places)
            raise ReportCheckFailed
