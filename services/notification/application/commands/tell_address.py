"""Send a security message to an address that is on nobody's file."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.notification.application.commands.tell_person import TellPerson, Told
from services.notification.application.ports import SecretVault
from services.notification.domain.addressed import Addressed
from services.notification.domain.notice import Notice
from services.shared.kernel.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ToAddress:
    command_id: UUID
    recipient_id: UUID
    clinic_id: UUID
    template: str
    message: Addressed = field(repr=False)
    at: datetime
    useful_until: datetime
    traceparent: str


class TellAddress:
    """An invitation, a code for a contact not confirmed yet, or word to a contact that was replaced.

    Address and code lie sealed in the vault until they are of no use any more; the log holds the masked address.
    Once it is too late nothing is kept and nothing sent.
    """

    def __init__(self, *, vault: SecretVault, tell: TellPerson, clock: Clock) -> None:
        self._vault = vault
        self._tell = tell
        self._clock = clock

    async def __call__(self, command: ToAddress) -> Told:
        reason = f"command:{command.command_id}"
        if self._clock.now() < command.useful_until:
            await self._vault.keep(reason, command.message.to_text(), until=command.useful_until)
        notice = Notice(
            reason=reason,
            template=command.template,
            person_id=command.recipient_id,
            clinic_id=command.clinic_id,
            at=command.at,
            useful_until=command.useful_until,
            has_secret=True,
            addressed=True,
            traceparent=command.traceparent,
        )
        return await self._tell.at_address(notice, command.message.contact(command.recipient_id))
