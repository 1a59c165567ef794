"""Domain events to wire events of `file-management-events`."""

from services.file_management.domain.exam_folder import FileErased, FileProcessed
from services.shared.contracts import file_management as contract
from services.shared.platform.messaging.envelope import Message, new_message

SOURCE = "/file-management"


def announce(event: FileProcessed | FileErased) -> Message:
    """The version is that of the exam the file was made from: a draft made again is newer than the first."""
    if isinstance(event, FileErased):
        return _erased(event)
    file = event.file
    return new_message(
        "file.processed",
        source=SOURCE,
        subject=file.id,
        clinic_id=file.clinic_id,
        time=file.created_at,
        data=contract.FileProcessed(
            file_id=file.id,
            exam_id=file.exam_id,
            person_id=file.person_id,
            version=file.source_version,
            kind=file.kind.value,
            report_version=file.report_version,
            sha256=file.sha256,
            size_bytes=file.size_bytes,
            occurred_at=file.created_at,
        ),
    )


def _erased(event: FileErased) -> Message:
    """Newer than what was told of the file: nothing that comes late brings it back."""
    file = event.file
    return new_message(
        "file.deleted",
        source=SOURCE,
        subject=file.id,
        clinic_id=file.clinic_id,
        time=event.at,
        data=contract.FileDeleted(
            file_id=file.id,
            exam_id=file.exam_id,
            person_id=file.person_id,
            version=file.source_version + 1,
            kind=file.kind.value,
            report_version=file.report_version,
            sha256=file.sha256,
            size_bytes=file.size_bytes,
            occurred_at=event.at,
        ),
    )
