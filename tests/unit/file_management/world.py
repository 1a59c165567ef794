"""The use cases on in-memory adapters and a quick press, for tests of their rules."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from services.file_management.application.commands.close_access import CloseAccess
from services.file_management.application.commands.follow_person import FollowPerson
from services.file_management.application.commands.issue_download_link import IssueDownloadLink
from services.file_management.application.commands.open_folder import OpenFolder
from services.file_management.application.commands.open_report import OpenReport
from services.file_management.application.commands.render_draft import RenderDraft
from services.file_management.application.commands.sign_report import SignReport
from services.file_management.application.ports import Document, Occasion, Statement
from services.file_management.application.queries.check_code import CheckCode
from services.file_management.application.queries.list_files import ListFiles
from services.file_management.application.queries.read_file import ReadFile
from services.file_management.domain.exam_folder import ExamRef
from services.file_management.domain.proofreading import Finding
from services.file_management.domain.snapshot import Identifiers
from services.file_management.domain.verification import ReleaseMark
from services.file_management.infrastructure.in_memory.edges import (
    InMemoryAlarm,
    InMemoryAudit,
    InMemoryLinks,
    InMemoryObjects,
    InMemoryRelations,
    InMemorySnapshots,
)
from services.file_management.infrastructure.in_memory.folders import InMemoryFolders
from services.file_management.infrastructure.verification import KeyedVerification
from services.file_management.interface.messaging.accounts import AccountEvents
from services.file_management.interface.messaging.exams import ExamEvents
from services.shared.kernel.clock import FixedClock
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from tests.unit.file_management import samples

CLINIC, OTHER_CLINIC = UUID(samples.CLINIC_ID), UUID("0192f0aa-0000-7000-8000-0000000000c2")
EXAM, PATIENT = UUID(samples.EXAM_ID), UUID(samples.PATIENT_ID)
PERSON, REQUESTER = UUID(samples.PERSON_ID), UUID(samples.REQUESTER_ID)
NOW = datetime(2026, 11, 22, 17, 32, 9, tzinfo=UTC)


def exam(version: int = 1, requester: UUID = REQUESTER) -> ExamRef:
    return ExamRef(CLINIC, EXAM, PATIENT, PERSON, requester, samples.PROTOCOL, version)


def occasion() -> Occasion:
    return Occasion(new_id(), "file-management-exams")


def principal(role: Role, account: UUID | None = None, clinic: UUID | None = CLINIC) -> Principal:
    return Principal(
        account or new_id(), frozenset({role}), clinic_id=None if role is Role.PATIENT else clinic
    )


@dataclass
class QuickPress:
    """Prints a line instead of a page; `findings` are what the check shall find."""

    findings: list[Finding] = field(default_factory=list)
    rendered: int = 0

    async def render(self, document: Document, identifiers: Identifiers, mark: ReleaseMark | None) -> bytes:
        self.rendered += 1
        content = f"{document} {identifiers} {mark}"
        return b"%PDF-" + hashlib.sha256(content.encode()).hexdigest().encode()

    async def check(
        self, pdf: bytes, document: Document, identifiers: Identifiers, code: str | None
    ) -> Sequence[Finding]:
        return self.findings


@dataclass
class StampSigner:
    """Appends a stamp that differs each time, as real signatures do."""

    breaks: bool = False
    signed: int = 0

    @property
    def notice(self) -> str:
        return "Assinado."

    @property
    def name(self) -> str:
        return "Laboratório Aurora"

    async def sign(self, pdf: bytes, statement: Statement) -> bytes:
        self.signed += 1
        return pdf + f"|{statement.reason}|{self.signed}".encode()

    async def verify(self, pdf: bytes) -> bool:
        return not self.breaks


@dataclass
class World:
    folders: InMemoryFolders = field(default_factory=InMemoryFolders)
    objects: InMemoryObjects = field(default_factory=InMemoryObjects)
    audit: InMemoryAudit = field(default_factory=InMemoryAudit)
    alarm: InMemoryAlarm = field(default_factory=InMemoryAlarm)
    press: QuickPress = field(default_factory=QuickPress)
    signer: StampSigner = field(default_factory=StampSigner)
    source: InMemorySnapshots = field(default_factory=InMemorySnapshots)
    relations: InMemoryRelations = field(default_factory=InMemoryRelations)
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))

    def __post_init__(self) -> None:
        for version in (1, 2):
            self.source.documents[EXAM, version, "final"] = samples.snapshot(report_version=version)
            self.source.documents[EXAM, version, "draft"] = samples.draft(report_version=version)
        self.source.numbers[PATIENT] = Identifiers(cpf="52998224725")
        links = InMemoryLinks()
        verification = KeyedVerification(b"secret", "http://localhost:8080")
        self.open_folder = OpenFolder(self.folders)
        self.open_report = OpenReport(self.folders, self.objects, self.clock)
        self.follow_person = FollowPerson(self.folders)
        self.close_access = CloseAccess(self.folders, self.objects, self.clock)
        self.render_draft = RenderDraft(
            self.folders, self.source, self.press, self.objects, self.alarm, self.clock
        )
        self.sign_report = SignReport(
            self.folders,
            self.source,
            self.press,
            self.signer,
            verification,
            self.objects,
            self.alarm,
            self.clock,
        )
        self.list_files = ListFiles(self.folders, self.audit, self.clock, self.relations)
        self.read_file = ReadFile(self.folders, self.audit, self.clock, self.relations)
        self.issue_download_link = IssueDownloadLink(
            self.folders, self.audit, links, self.clock, self.relations
        )
        self.check_code = CheckCode(self.folders)
        self.exam_events = ExamEvents(
            self.open_folder, self.render_draft, self.sign_report, self.open_report, self.follow_person
        )
        self.account_events = AccountEvents(self.close_access)
