"""Tell a person that somebody of a clinic opened the person's record under the emergency rule."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notification.application.commands.tell_person import TellPerson, Told
from services.notification.domain.notice import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyAccess:
    command_id: UUID
    account_id: UUID
    clinic_id: UUID
    accessed_at: datetime
    traceparent: str


class SendEmergencyAlert:
    """A security message: it cannot be declined and is not held at night. Who it was and why stands in the portal."""

    def __init__(self, *, tell: TellPerson) -> None:
        self._tell = tell

    async def __call__(self, access: EmergencyAccess) -> Told:
        return await self._tell(
            Notice(
                reason=f"command:{access.command_id}",
                template="emergency_access",
                person_id=access.account_id,
                clinic_id=access.clinic_id,
                at=access.accessed_at,
                traceparent=access.traceparent,
            )
        )
