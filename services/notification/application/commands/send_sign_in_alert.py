"""Tell a person that somebody signed in to the account from a device not seen before."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notification.application.commands.tell_person import TellPerson, Told
from services.notification.domain.notice import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    command_id: UUID
    account_id: UUID
    clinic_id: UUID
    signed_in_at: datetime
    traceparent: str


class SendSignInAlert:
    """A security message: it cannot be declined and is not held at night."""

    def __init__(self, *, tell: TellPerson) -> None:
        self._tell = tell

    async def __call__(self, sign_in: SignIn) -> Told:
        return await self._tell(
            Notice(
                reason=f"command:{sign_in.command_id}",
                template="login_alert",
                person_id=sign_in.account_id,
                clinic_id=sign_in.clinic_id,
                at=sign_in.signed_in_at,
                traceparent=sign_in.traceparent,
            )
        )
