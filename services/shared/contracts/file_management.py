"""Events of file-management, on topic `file-management-events`."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from services.shared.contracts.event_data import EventData


class FileData(EventData):
    file_id: UUID
    exam_id: UUID
    person_id: UUID
    kind: Literal["draft_report", "signed_report", "attachment"]
    report_version: int | None = None
    sha256: str
    size_bytes: int
    occurred_at: datetime


class FileUploaded(FileData):
    """Bytes arrived and were stored."""


class FileProcessed(FileData):
    """The file is ready: a draft was rendered, or a final report was rendered, checked and signed."""


class FileDeleted(FileData):
    """The file was removed."""
