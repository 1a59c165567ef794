"""The other ports in memory: objects, links, audit, sources, alarms."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from services.file_management.application.ports import Document, LetIn
from services.file_management.domain.snapshot import Identifiers, Stage
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.errors import UNAVAILABLE


@dataclass
class InMemoryObjects:
    stored: dict[str, bytes] = field(default_factory=dict)

    async def put(self, key: str, pdf: bytes, sha256: str) -> None:
        self.stored[key] = pdf

    async def erase(self, key: str) -> None:
        self.stored.pop(key, None)


class InMemoryLinks:
    def issue(self, key: str, file_name: str) -> str:
        return f"memory://objects/{key}?name={file_name}"


@dataclass
class InMemoryAudit:
    entries: list[AuditEntry] = field(default_factory=list)

    async def record(self, entry: AuditEntry) -> None:
        self.entries.append(entry)


@dataclass
class InMemorySnapshots:
    documents: dict[tuple[UUID, int, Stage], Document] = field(default_factory=dict)
    numbers: dict[UUID, Identifiers] = field(default_factory=dict)

    async def snapshot(self, exam_id: UUID, report_version: int, stage: Stage) -> Document:
        found = self.documents.get((exam_id, report_version, stage))
        if found is None:
            raise UNAVAILABLE.error()
        return found

    async def identifiers(self, patient_id: UUID) -> Identifiers:
        found = self.numbers.get(patient_id)
        if found is None:
            raise UNAVAILABLE.error()
        return found


@dataclass
class InMemoryAlarm:
    raised: list[tuple[str, UUID, int, tuple[str, ...]]] = field(default_factory=list)

    def raise_alarm(
        self,
        what: Literal["report.check_failed", "report.signature_broken"],
        exam_id: UUID,
        report_version: int,
        where: Sequence[str],
    ) -> None:
        self.raised.append((what, exam_id, report_version, tuple(where)))


@dataclass
class InMemoryRelations:
    """Lets in by (authorization, exam)."""

    known: dict[tuple[str, UUID], LetIn] = field(default_factory=dict)
    asked: int = 0

    async def lets_in(self, authorization: str, exam_id: UUID, person_id: UUID) -> LetIn | None:
        self.asked += 1
        return self.known.get((authorization, exam_id))
