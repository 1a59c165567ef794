"""A file as callers see it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from services.file_management.domain.proof import Proof
from services.file_management.domain.report_file import ReportFile, Status


class FileBody(BaseModel):
    id: UUID
    exam_id: UUID
    kind: Literal["draft_report", "signed_report"]
    report_version: int
    exam_version: int  # of the exam it was made from: an older draft shows values that no longer hold
    status: Literal["ready", "opened", "replaced"]
    file_name: str
    size_bytes: int
    sha256: str
    created_at: datetime
    replaced: bool


class FilePage(BaseModel):
    items: list[FileBody]
    next_cursor: str | None = None


class LinkBody(BaseModel):
    url: str
    expires_in: int
    file_name: str


class VerificationBody(BaseModel):
    outcome: Literal["valid", "replaced", "unknown"] = "unknown"
    report_version: int | None = None
    sha256: str | None = None
    signed_at: datetime | None = None
    signer: str | None = None


def verification_body(proof: Proof | None) -> VerificationBody:
    if proof is None:
        return VerificationBody()
    return VerificationBody(
        outcome=proof.outcome.value,
        report_version=proof.report_version,
        sha256=proof.sha256,
        signed_at=proof.signed_at,
        signer=proof.signer,
    )


def file_body(file: ReportFile) -> FileBody:
    return FileBody(
        id=file.id,
        exam_id=file.exam_id,
        kind=file.kind.value,
        report_version=file.report_version,
        exam_version=file.source_version,
        status=file.status.value,
        file_name=file.name,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        created_at=file.created_at,
        replaced=file.status is Status.REPLACED,
    )
