"""What an installation in plain dictionaries holds."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.exam_results.application.ports import Account, ExamFile, RecordedRelation
from services.exam_results.domain.exam import Exam, Recorded
from services.exam_results.domain.exam_events import ExamEvent
from services.exam_results.domain.lifecycle import Lifecycle
from services.exam_results.domain.people import Laboratory, Patient, Professional
from services.exam_results.domain.report import Snapshot
from services.shared.kernel.audit import AuditEntry


@dataclass
class Memory:
    """What is stored. Versioned things stand beside their version."""

    lifecycle: Lifecycle
    streams: dict[UUID, list[ExamEvent]] = field(default_factory=dict)
    announced: list[Recorded] = field(default_factory=list)
    patients: dict[UUID, tuple[Patient, int]] = field(default_factory=dict)
    professionals: dict[UUID, tuple[Professional, int]] = field(default_factory=dict)
    accounts: dict[UUID, tuple[Account, int]] = field(default_factory=dict)
    to_erase: set[UUID] = field(default_factory=set)  # people
    erased: set[UUID] = field(default_factory=set)  # records
    closed: dict[UUID, int] = field(default_factory=dict)
    laboratories: dict[UUID, Laboratory] = field(default_factory=dict)
    files: dict[UUID, tuple[ExamFile, int]] = field(default_factory=dict)
    reports: list[tuple[Snapshot, UUID, UUID]] = field(default_factory=list)
    relations: dict[tuple[UUID, UUID], RecordedRelation] = field(default_factory=dict)
    told_of_emergency: list[RecordedRelation] = field(default_factory=list)
    audit: list[AuditEntry] = field(default_factory=list)

    def exam(self, exam_id: UUID) -> Exam | None:
        events = self.streams.get(exam_id)
        return Exam.fold(events, self.lifecycle) if events else None


def put_newer(known: dict[UUID, Any], key: UUID, value: Any, version: int) -> bool:
    if key in known and known[key][1] >= version:
        return False
    known[key] = (value, version)
    return True
