"""One version of one document of an exam: who it is about, where its bytes lie, who may have it."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

_NAMESPACE = UUID("5b1f5a52-7f0e-5c7e-9a55-3c2b8f0f6d11")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class Kind(StrEnum):
    DRAFT_REPORT = "draft_report"
    SIGNED_REPORT = "signed_report"


class Status(StrEnum):
    READY = "ready"  # drafts, and signed reports not opened yet
    OPENED = "opened"  # the patient may read it
    REPLACED = "replaced"  # still readable, a newer version is opened


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFile:
    id: UUID
    clinic_id: UUID
    exam_id: UUID
    patient_id: UUID
    person_id: UUID
    requester_id: UUID
    protocol: str
    kind: Kind
    report_version: int
    source_version: int  # the exam's version this was made from
    object_key: str
    sha256: str
    size_bytes: int
    created_at: datetime
    status: Status = Status.READY
    verification_code: str | None = None
    signed_by: str | None = None  # as its certificate names the signer
    sensitive: bool = False  # of a class whose values need a second factor
    closed_to: frozenset[UUID] = frozenset()  # accounts that no longer exist

    @property
    def name(self) -> str:
        """`laudo-<protocol>-v2.pdf`; drafts say what they are."""
        suffix = "-rascunho" if self.kind is Kind.DRAFT_REPORT else ""
        return f"laudo-{_UNSAFE.sub('-', self.protocol)}-v{self.report_version}{suffix}.pdf"


def file_id(exam_id: UUID, report_version: int, kind: Kind) -> UUID:
    """The same document always has the same id, however often the event that asks for it comes."""
    return uuid5(_NAMESPACE, f"{exam_id}/{report_version}/{kind}")


def object_key(clinic_id: UUID, exam_id: UUID, report_version: int, kind: Kind, sha256: str) -> str:
    stage = "final" if kind is Kind.SIGNED_REPORT else "draft"
    return f"{clinic_id}/{exam_id}/{report_version}/{stage}-{sha256}.pdf"
