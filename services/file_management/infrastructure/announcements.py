"""Domain events to wire events of `file-management-events`."""

from services.file_management.domain.exam_folder import FileProcessed
from services.shared.contracts import file_management as contract
from services.shared.platform.messaging.envelope import Message, new_message

SOURCE = "/file-management"


def announce(event: FileProcessed) -> Message:
    """The version is that of the exam the file was made from: a draft made again is newer than the first."""
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
