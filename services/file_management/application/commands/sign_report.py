"""Make the report of a release: render, check, sign, verify, store, announce."""

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
    ReportSigner,
    SnapshotSource,
    Statement,
    Verification,
)
from services.file_management.application.report_data import ReportData, fetch_report_data
from services.file_management.domain.errors import ReportCheckFailed, SignatureBroken, SnapshotUnfit
from services.file_management.domain.exam_folder import ExamFolder, ExamRef
from services.file_management.domain.report_file import Kind, object_key
from services.file_management.domain.snapshot import Snapshot
from services.file_management.domain.verification import ReleaseMark
from services.shared.kernel.clock import Clock


@dataclass(frozen=True)
class SignReport:
    """Make the one signed report of a released version from its immutable snapshot.

    The finished PDF's own text is compared with the data, digit by digit: a difference stops the signing, is noted
    (`check_failed`) and calls for a person. The signature is verified before anything is stored. However often the
    event comes, and however many workers get it, one signed report of the version exists.
    """

    folders: Folders
    source: SnapshotSource
    press: ReportPress
    signer: ReportSigner
    verification: Verification
    objects: ReportObjects
    alarm: Alarm
    clock: Clock

    async def run(self, exam: ExamRef, report_version: int, occasion: Occasion) -> bool:
        """Return whether a signed report was due. Raises ReportCheckFailed or SignatureBroken."""
        if await self.folders.applied(occasion):
            raise AlreadyApplied
        folder = await self.folders.load(exam)
        if not folder.signing_is_due(report_version):
            return False
        data = await fetch_report_data(self.source, exam, report_version, "final")
        mark = self.verification.mark(exam.exam_id, report_version, self.signer.notice)
        pdf = await self.press.render(data.document, data.identifiers, mark)
        await self._check(pdf, data, mark, exam)
        signed = await self.signer.sign(pdf, _statement(data.snapshot))
        if not signed.startswith(pdf) or not await self.signer.verify(signed):
            self.alarm.raise_alarm("report.signature_broken", exam.exam_id, report_version, ())
            raise SignatureBroken
        sha256 = hashlib.sha256(signed).hexdigest()
        key = object_key(exam.clinic_id, exam.exam_id, report_version, Kind.SIGNED_REPORT, sha256)
        await self.objects.put(key, signed, sha256)

        def add(current: ExamFolder) -> bool:
            if not current.signing_is_due(report_version):
                return False
            current.add_report(
                Kind.SIGNED_REPORT,
                report_version,
                exam_version=exam.version,
                sha256=sha256,
                size_bytes=len(signed),
                now=self.clock.now(),
                verification_code=mark.code,
                signed_by=self.signer.name,
                sensitive=data.snapshot.sensitive,
            )
            return True

        return await change_folder(self.folders, exam, occasion, add)

    async def _check(self, pdf: bytes, data: ReportData, mark: ReleaseMark, exam: ExamRef) -> None:
        findings = await self.press.check(pdf, data.document, data.identifiers, mark.code)
        if not findings:
            return
        places = tuple(finding.where for finding in findings)
        version = data.snapshot.report_version
        self.alarm.raise_alarm("report.check_failed", exam.exam_id, version, places)

        def refuse(current: ExamFolder) -> bool:
            current.refuse(version, places)
            return True

        await change_folder(self.folders, exam, None, refuse)
        raise ReportCheckFailed


def _statement(snapshot: Snapshot) -> Statement:
    releaser, laboratory = snapshot.releaser, snapshot.laboratory
    if releaser is None:
        raise SnapshotUnfit
    who = f"{releaser.name} ({releaser.registration})"
    return Statement(
        reason=f"Laudo {snapshot.protocol} v{snapshot.report_version} liberado por {who}",
        location=f"{laboratory.name}, {laboratory.address}",
        name=who,
    )
