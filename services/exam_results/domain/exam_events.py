"""What can happen to an exam, in the past tense. The stream of these is the exam's whole truth.

Events carry ids, never identity. `actor_id` None means the system itself.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from services.exam_results.domain.results import EnteredValue, Result
from services.shared.kernel.events import DomainEvent


class Priority(StrEnum):
    ROUTINE = "routine"
    URGENT = "urgent"


@dataclass(frozen=True, kw_only=True)
class ExamFact(DomainEvent):
    exam_id: UUID
    actor_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class ExamRegistered(ExamFact):
    clinic_id: UUID
    protocol: str
    patient_id: UUID
    person_id: UUID
    requester_id: UUID
    code: str
    priority: Priority
    sensitive: str | None
    catalogue_version: str
    scheduled_at: datetime | None
    clinical_note: str | None


@dataclass(frozen=True, kw_only=True)
class ExamScheduled(ExamFact):
    scheduled_at: datetime


@dataclass(frozen=True, kw_only=True)
class SpecimenCollected(ExamFact):
    barcode: str
    collected_at: datetime
    identified_by: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AnalysisStarted(ExamFact):
    pass


@dataclass(frozen=True, kw_only=True)
class ResultsEntered(ExamFact):
    """The whole set as it stands now, as typed and as judged at that moment."""

    values: tuple[EnteredValue, ...]
    results: tuple[Result, ...]


@dataclass(frozen=True, kw_only=True)
class ExamCompleted(ExamFact):
    report_version: int
    results: tuple[Result, ...]
    criticals_repeated: tuple[str, ...]
    catalogue_version: str
    snapshot_sha256: str


@dataclass(frozen=True, kw_only=True)
class ExamReturned(ExamFact):
    reason: str


@dataclass(frozen=True, kw_only=True)
class RecollectionRequested(ExamFact):
    reason: str


@dataclass(frozen=True, kw_only=True)
class ExamReleased(ExamFact):
    report_version: int
    snapshot_sha256: str
    embargo_until: datetime | None


@dataclass(frozen=True, kw_only=True)
class ReportSigned(ExamFact):
    report_version: int
    file_id: UUID
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ResultMadeAvailable(ExamFact):
    report_version: int


@dataclass(frozen=True, kw_only=True)
class ExamCancelled(ExamFact):
    reason: str


@dataclass(frozen=True, kw_only=True)
class PersonChanged(ExamFact):
    """The patient's record was merged into another of the same person, or taken out again: whose exam it is changed,
    the record it was registered under did not.
    """

    person_id: UUID


ExamEvent: TypeAlias = (
    ExamRegistered
    | ExamScheduled
    | SpecimenCollected
    | AnalysisStarted
    | ResultsEntered
    | ExamCompleted
    | ExamReturned
    | RecollectionRequested
    | ExamReleased
    | ReportSigned
    | ResultMadeAvailable
    | ExamCancelled
    | PersonChanged
)
EVENT_TYPES: tuple[type[ExamFact], ...] = (
    ExamRegistered,
    ExamScheduled,
    SpecimenCollected,
    AnalysisStarted,
    ResultsEntered,
    ExamCompleted,
    ExamReturned,
    RecollectionRequested,
    ExamReleased,
    ReportSigned,
    ResultMadeAvailable,
    ExamCancelled,
    PersonChanged,
)
