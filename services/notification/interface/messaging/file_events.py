"""From file-management's events to this service's command."""

from services.notification.application.commands.announce_attachment import AnnounceAttachment, ProcessedFile
from services.notification.application.commands.tell_person import Told
from services.shared.contracts.file_management import FileProcessed
from services.shared.platform.messaging.envelope import Message


class FileEvents:
    def __init__(self, *, announce_attachment: AnnounceAttachment) -> None:
        self._attachment = announce_attachment

    async def __call__(self, message: Message) -> Told:
        data = message.data
        assert isinstance(data, FileProcessed)
        return await self._attachment(
            ProcessedFile(
                file_id=data.file_id,
                exam_id=data.exam_id,
                person_id=data.person_id,
                clinic_id=message.clinic_id,
                is_attachment=data.kind == "attachment",
                occurred_at=data.occurred_at,
                traceparent=message.traceparent,
            )
        )
