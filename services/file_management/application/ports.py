"""What the use cases need from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from uuid import UUID

from services.file_management.domain.exam_folder import ExamFolder, ExamRef
from services.file_management.domain.proof import Proof
from services.file_management.domain.proofreading import Finding
from services.file_management.domain.report_file import ReportFile
from services.file_management.domain.snapshot import Identifiers, Stage
from services.file_management.domain.verification import ReleaseMark
from services.shared.kernel.audit import AuditEntry

Document = Mapping[str, Any]
"""A snapshot as it travels: plain JSON data."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """The event being applied; its id is recorded in the transaction of its effect."""

    event_id: UUID
    queue: str


class AlreadyApplied(Exception):
    """The event's effect took place before."""


class Overtaken(Exception):
    """Somebody else changed the folder meanwhile: load it again and decide again."""


class Folders(Protocol):
    async def applied(self, occasion: Occasion) -> bool:
        """Say whether the event was applied before. Spares the work; `save` decides."""
        ...

    async def load(self, exam: ExamRef) -> ExamFolder:
        """Return the exam's folder as it is now, or a new one (revision 0)."""
        ...

    async def save(self, folder: ExamFolder, occasion: Occasion | None) -> None:
        """Store the folder, its changed files, the events to be published and the occasion, all or nothing.

        Raises AlreadyApplied or Overtaken, and then nothing was stored.
        """
        ...

    async def folders_of(self, account_id: UUID) -> Sequence[ExamRef]:
        """Return the exams that an account is the patient or the requester of."""
        ...


class Files(Protocol):
    """Reads for callers. Each is one read of the store."""

    async def file(self, file_id: UUID) -> ReportFile | None: ...
    async def files_of(self, exam_id: UUID) -> Sequence[ReportFile]: ...


class Proofs(Protocol):
    async def proof(self, code: str) -> Proof | None:
        """Return what was last saved with the report of this code. One read by key, whether it is there or not."""
        ...


@dataclass(frozen=True, slots=True)
class LetIn:
    """A relation that reaches to the exam's report."""

    purpose: str  # what the audit row says it was for
    step_up_needed: bool


class Relations(Protocol):
    async def lets_in(self, authorization: str, exam_id: UUID, person_id: UUID) -> LetIn | None:
        """Say by what relation the holder of that `Authorization` header may have the report; None without one.

        Raises `unavailable` while it cannot be known.
        """
        ...


class AuditTrail(Protocol):
    async def record(self, entry: AuditEntry) -> None:
        """Write the fact, once and for good; raise when it cannot be written: no audit, no answer."""
        ...


class ReportObjects(Protocol):
    async def put(self, key: str, pdf: bytes, sha256: str) -> None:
        """Store the bytes encrypted; the same key may be put again."""
        ...

    async def erase(self, key: str) -> None:
        """Remove a draft's bytes for good, every stored version of them; nothing when there are none."""
        ...


class DownloadLinks(Protocol):
    def issue(self, key: str, file_name: str) -> str:
        """Return an address that gives this object, and no other, for `LINK_SECONDS`."""
        ...


LINK_SECONDS = 60


class SnapshotSource(Protocol):
    async def snapshot(self, exam_id: UUID, report_version: int, stage: Stage) -> Document:
        """Return what exam-results stored for this version; raise `unavailable` while it cannot be had."""
        ...

    async def identifiers(self, patient_id: UUID) -> Identifiers:
        """Return the patient's CPF and CNS; never kept."""
        ...


class ReportPress(Protocol):
    """Renders reports and reads them again."""

    async def render(
        self, document: Document, identifiers: Identifiers, mark: ReleaseMark | None
    ) -> bytes: ...
    async def check(
        self, pdf: bytes, document: Document, identifiers: Identifiers, code: str | None
    ) -> Sequence[Finding]:
        """Compare the finished PDF's own text with the data; an empty answer means equal."""
        ...


@dataclass(frozen=True, slots=True)
class Statement:
    """What a signature says besides being one."""

    reason: str
    location: str
    name: str


class ReportSigner(Protocol):
    """Signs with the laboratory's key: a demo key, later AWS KMS or an ICP-Brasil certificate."""

    @property
    def notice(self) -> str:
        """What the report says of its signature, in Portuguese."""
        ...

    @property
    def name(self) -> str:
        """Who signs, as the certificate names them."""
        ...

    async def sign(self, pdf: bytes, statement: Statement) -> bytes: ...
    async def verify(self, pdf: bytes) -> bool:
        """Say whether the one signature covers the whole file, unbroken, by our key."""
        ...


class Verification(Protocol):
    """Where anybody can check a report."""

    def mark(self, exam_id: UUID, report_version: int, notice: str) -> ReleaseMark: ...


class Alarm(Protocol):
    """Calls for a person."""

    def raise_alarm(
        self,
        what: Literal["report.check_failed", "report.signature_broken"],
        exam_id: UUID,
        report_version: int,
        where: Sequence[str],
    ) -> None: ...
