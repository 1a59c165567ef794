"""What the use cases need from outside. The edge opens the transaction; these live inside it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from services.exam_results.application.erasure_ports import Identities
from services.exam_results.domain.exam import Exam
from services.exam_results.domain.lifecycle import State
from services.exam_results.domain.people import Laboratory, Patient, Professional
from services.exam_results.domain.report import Snapshot, Stage
from services.shared.kernel.access import View
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.principal import Principal
from services.shared.kernel.relations import Relation

ExamRow = Mapping[str, Any]
"""One row of the read tables, with the column names of `exam_rows.py`.

`results` is JSON ready to be sent; a list of its objects while the form is being filled in (`ON_FORM`).
"""


@dataclass(frozen=True, slots=True)
class Account:
    """An account as one clinic knows it."""

    id: UUID
    clinic_id: UUID
    name: str
    kind: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class ExamFile:
    """What file-management told us of a file; the file itself is its affair."""

    id: UUID
    exam_id: UUID
    clinic_id: UUID
    kind: str
    report_version: int | None
    sha256: str
    processed_at: datetime
    ready: bool  # processed, not only uploaded
    deleted: bool = False


class ExamStore(Protocol):
    async def load(self, exam_id: UUID) -> Exam | None: ...
    async def save(self, exam: Exam) -> None:
        """Append what was recorded, bring the read tables up to date, and put the events to be published in the
        outbox, all in the one transaction. Raises `version_conflict` when somebody else was faster.
        """
        ...

    async def of_patient_not_of(self, patient_id: UUID, person_id: UUID) -> Sequence[UUID]:
        """Return the exams registered under the record that belong to somebody else than the person."""
        ...

    async def barcode_is_anothers(self, clinic_id: UUID, barcode: str, patient_id: UUID) -> bool:
        """True when a specimen of another patient carries this barcode. One tube may serve several exams."""
        ...


@dataclass(frozen=True, slots=True)
class OrderPeople:
    """Everybody an order names, as far as this clinic knows them."""

    caller_closed: bool
    patient: Patient | None
    requester: Professional | None


class People(Protocol):
    """Projections of what accounts published. Each `put` keeps the newer version and says whether it was newer."""

    async def patient(self, patient_id: UUID) -> Patient | None: ...
    async def record_of_person(self, person_id: UUID, clinic_id: UUID) -> Patient | None: ...
    async def professional(self, account_id: UUID) -> Professional | None: ...
    async def laboratory(self, clinic_id: UUID) -> Laboratory | None: ...
    async def is_closed(self, account_id: UUID) -> bool: ...
    async def for_order(self, caller_id: UUID, patient_id: UUID, requester_id: UUID) -> OrderPeople:
        """Look everybody up in one round trip."""
        ...

    async def put_patient(self, patient: Patient, version: int) -> bool: ...
    async def put_professional(self, professional: Professional, version: int) -> bool: ...
    async def put_account(self, account: Account, version: int) -> bool: ...
    async def doctors_registered(self, council: str, number: str, uf: str) -> Sequence[Professional]:
        """Return the verified doctors in scope with this registration: one person may work in several clinics."""
        ...

    async def close_account(self, account_id: UUID, clinic_id: UUID, version: int) -> bool: ...


class Reports(Protocol):
    """Snapshots, stored for good. A draft made again stands beside the older one; the newest is read."""

    async def keep(self, snapshot: Snapshot, exam: Exam) -> None: ...


class ExamFiles(Protocol):
    async def put(self, file: ExamFile, version: int) -> bool:
        """Keep the newer version; say whether it was newer."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRelation:
    """A relation with how it came about. `reason` is a doctor's own words: clinical data, never logged or published."""

    relation: Relation
    made_by: UUID
    patient_id: UUID | None = None
    reason: str | None = None
    version: int = 1


RelationRow = Mapping[str, Any]
"""relation_id, kind, clinic_id, clinic_name, person_id, patient_id, patient_name, record_number, exam_id, protocol,
reader_id, reader_name, made_by, reason, starts_at, until, ended_at."""


@dataclass(frozen=True, slots=True)
class RelationKey:
    """The sort key of the last relation of a page."""

    starts_at: datetime
    relation_id: UUID


class CareRelations(Protocol):
    """Who was let in by whom. Rows are ended, never removed."""

    async def add(self, recorded: RecordedRelation) -> None: ...
    async def put(self, recorded: RecordedRelation) -> bool:
        """Keep the newer version of a relation that another service decides; say whether it was newer."""
        ...

    async def end_all_of(self, person_id: UUID, at: datetime) -> None: ...
    async def end(self, relation_id: UUID, by: UUID, at: datetime) -> Relation | None:
        """End a share of which `by` is the patient or the maker; None where there is none that lasts."""
        ...


class ExamWork(Protocol):
    """Everything one writing transaction can do."""

    @property
    def exams(self) -> ExamStore: ...
    @property
    def people(self) -> People: ...
    @property
    def reports(self) -> Reports: ...
    @property
    def files(self) -> ExamFiles: ...
    @property
    def relations(self) -> CareRelations: ...
    @property
    def identities(self) -> Identities: ...
    @property
    def reads(self) -> "ExamReads": ...

    async def tell_of_emergency(self, recorded: RecordedRelation) -> None:
        """Have the patient told, in the same transaction, that somebody took access: when, and nothing else."""
        ...

    async def audit(self, entry: AuditEntry) -> None: ...


class Transactions(Protocol):
    """Opens transactions in the caller's scope; a block that ends well commits, an exception undoes everything."""

    def read(self, caller: Principal) -> AbstractAsyncContextManager["ExamReads"]: ...

    def change(self, caller: Principal, exam_id: UUID) -> AbstractAsyncContextManager[ExamWork]:
        """Open the transaction of a command on one exam, in that exam's clinic."""
        ...

    async def create_once(
        self,
        caller: Principal,
        *,
        key: str,
        route: str,
        request: bytes,
        run: "Callable[[ExamWork], Awaitable[Mapping[str, Any]]]",
    ) -> tuple[Mapping[str, Any], bool]:
        """Keep what `run` does once per (caller, key); return its answer, and True when it is a replay.

        `run` reads what it needs and then saves a new exam. It may be called again for a request that came before;
        nothing of that is kept, and the first answer is returned even when the request would be refused by now.
        """
        ...

    async def change_once(
        self,
        caller: Principal,
        *,
        key: str,
        route: str,
        request: bytes,
        run: "Callable[[ExamWork], Awaitable[Mapping[str, Any]]]",
    ) -> tuple[Mapping[str, Any], bool]:
        """Like `create_once`, in one transaction of the caller's scope: for what reads by several statements, or
        changes more than an exam.
        """
        ...


class Order(StrEnum):
    NEWEST = "n"
    WORKLIST = "w"  # urgent first, then the oldest


@dataclass(frozen=True, slots=True)
class Search:
    """What a person typed into the search box, as far as it can be understood."""

    text: str  # lower case, no accents
    protocol: str | None
    codes: tuple[str, ...]  # catalogue codes whose names contain the text


@dataclass(frozen=True, slots=True)
class PageKey:
    """The sort key of the last row of a page."""

    rank: int
    created_at: datetime
    exam_id: UUID


@dataclass(frozen=True, slots=True)
class PageCriteria:
    view: View
    order: Order
    limit: int
    states: tuple[State, ...] = ()
    patient_id: UUID | None = None
    search: Search | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: PageKey | None = None


@dataclass(frozen=True, slots=True)
class StoredSnapshot:
    clinic_id: UUID
    patient_id: UUID
    body: str
    sha256: str


class ExamReads(Protocol):
    """Everything one reading transaction can do. A closed account sees nothing. The reading statement itself writes the
    audit row: no audit, no answer.
    """

    async def page(self, criteria: PageCriteria, audit: AuditEntry) -> Sequence[ExamRow]:
        """Return up to `limit` rows after the key, in the order asked for, and write the list's one audit row."""
        ...

    async def one(self, view: View, exam_id: UUID, audit: AuditEntry | None) -> ExamRow | None:
        """Return an exam inside the view with its specimen, report, results and events, or None.

        Where there is one, the audit row is written with the exam's own clinic and patient filled in; None is for
        commands, whose own audit row stands for the read.
        """
        ...

    async def snapshot(self, exam_id: UUID, report_version: int, stage: Stage) -> StoredSnapshot | None:
        """Return the newest snapshot of that version and stage, in any clinic: for services only."""
        ...

    async def relations_to(self, reader_id: UUID, person_id: UUID) -> Sequence[Relation]:
        """Return the reader's relations to that person that were not ended."""
        ...

    async def let_in(self, person_id: UUID, limit: int) -> Sequence[RelationRow]:
        """Return the newest shares and emergency accesses to a person's exams, in every clinic."""
        ...

    async def shared_with(self, reader_id: UUID, at: datetime, limit: int) -> Sequence[RelationRow]:
        """Return the shares that let this doctor in at that moment, the newest first."""
        ...

    async def emergencies(
        self, clinic_id: UUID, after: RelationKey | None, limit: int
    ) -> Sequence[RelationRow]:
        """Return a clinic's emergency accesses, the newest first."""
        ...

    async def audit(self, entry: AuditEntry) -> None: ...
