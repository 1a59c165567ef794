"""The folder of one exam's documents: which are due, which is opened, which is replaced, and for whom it is closed."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from services.file_management.domain.report_file import Kind, ReportFile, Status, file_id, object_key


@dataclass(frozen=True, slots=True)
class ExamRef:
    """What every event of an exam says of it."""

    clinic_id: UUID
    exam_id: UUID
    patient_id: UUID
    person_id: UUID
    requester_id: UUID
    protocol: str
    version: int


@dataclass(frozen=True, slots=True)
class FileProcessed:
    """A document is ready: a draft was rendered, or a final report was rendered, checked and signed."""

    file: ReportFile


@dataclass(frozen=True, slots=True)
class FileErased:
    """A document's bytes are gone for good."""

    file: ReportFile
    at: datetime


@dataclass(slots=True)
class ExamFolder:
    """Aggregate. `revision` is what it was loaded with: saving fails when somebody was faster."""

    exam: ExamRef
    files: dict[UUID, ReportFile] = field(default_factory=dict)
    opened_version: int = 0  # 0: nothing opened yet
    failed_checks: dict[int, tuple[str, ...]] = field(
        default_factory=dict
    )  # report version -> where it differs
    closed_to: frozenset[UUID] = frozenset()
    revision: int = 0
    readers_stored: frozenset[UUID] = frozenset()
    changed: set[UUID] = field(default_factory=set)
    dropped: set[UUID] = field(default_factory=set)
    events: list[FileProcessed | FileErased] = field(default_factory=list)

    @property
    def readers(self) -> frozenset[UUID]:
        """Whose exam it is and who asked for it."""
        return frozenset({self.exam.person_id, self.exam.requester_id})

    def learn(self, exam: ExamRef) -> None:
        """Keep the newest word on whom the exam is about and who asked for it."""
        if exam.version <= self.exam.version:
            return
        self.exam = exam
        for known in self.files.values():
            self._put(replace(known, person_id=exam.person_id, requester_id=exam.requester_id))

    def draft_is_due(self, report_version: int, exam_version: int) -> bool:
        """A draft is made again when the exam was completed again, and never beside a signed report."""
        if self.signed(report_version) is not None:
            return False
        known = self.files.get(file_id(self.exam.exam_id, report_version, Kind.DRAFT_REPORT))
        return known is None or known.source_version < exam_version

    def signing_is_due(self, report_version: int) -> bool:
        return self.signed(report_version) is None

    def signed(self, report_version: int) -> ReportFile | None:
        return self.files.get(file_id(self.exam.exam_id, report_version, Kind.SIGNED_REPORT))

    def add_report(
        self,
        kind: Kind,
        report_version: int,
        *,
        exam_version: int,
        sha256: str,
        size_bytes: int,
        now: datetime,
        verification_code: str | None = None,
        signed_by: str | None = None,
        sensitive: bool = False,
    ) -> ReportFile:
        """Take in a rendered document that is due."""
        exam = self.exam
        file = ReportFile(
            id=file_id(exam.exam_id, report_version, kind),
            clinic_id=exam.clinic_id,
            exam_id=exam.exam_id,
            patient_id=exam.patient_id,
            person_id=exam.person_id,
            requester_id=exam.requester_id,
            protocol=exam.protocol,
            kind=kind,
            report_version=report_version,
            source_version=exam_version,
            object_key=object_key(exam.clinic_id, exam.exam_id, report_version, kind, sha256),
            sha256=sha256,
            size_bytes=size_bytes,
            created_at=now,
            verification_code=verification_code,
            signed_by=signed_by,
            sensitive=sensitive,
            closed_to=self.closed_to,
        )
        self._put(file)
        if kind is Kind.SIGNED_REPORT:
            self.failed_checks.pop(report_version, None)
        self.events.append(FileProcessed(file))
        return file

    def refuse(self, report_version: int, findings: tuple[str, ...]) -> None:
        """State `check_failed`: the paper differs from the data, so nothing of this version is signed."""
        self.failed_checks[report_version] = findings

    def open_report(self, report_version: int) -> bool:
        """Open a signed version to the patient; older ones become `replaced`. False when it is not signed here."""
        if self.signed(report_version) is None:
            return False
        self.opened_version = max(self.opened_version, report_version)
        for known in self.files.values():
            if known.kind is Kind.SIGNED_REPORT and known.report_version <= self.opened_version:
                newest = known.report_version == self.opened_version
                opened = known.report_version == report_version or known.status is not Status.READY
                if opened:
                    self._put(replace(known, status=Status.OPENED if newest else Status.REPLACED))
        return True

    def close_to(self, account_id: UUID) -> None:
        """An account is gone: nothing here is for it any more."""
        self.closed_to |= {account_id}
        for known in self.files.values():
            self._put(replace(known, closed_to=self.closed_to))

    def needless_drafts(self) -> list[ReportFile]:
        """Drafts of versions that are signed: nothing needs them any more."""
        return [
            known
            for known in self.files.values()
            if known.kind is Kind.DRAFT_REPORT and self.signed(known.report_version) is not None
        ]

    def drop(self, file_id: UUID, now: datetime) -> None:
        """The document's bytes were erased."""
        file = self.files.pop(file_id, None)
        if file is not None:
            self.changed.discard(file_id)
            self.dropped.add(file_id)
            self.events.append(FileErased(file, now))

    def _put(self, file: ReportFile) -> None:
        if self.files.get(file.id) != file:
            self.files[file.id] = file
            self.changed.add(file.id)
