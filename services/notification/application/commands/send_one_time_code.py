"""Send a one-time code to the contacts on file."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.notification.application.commands.tell_person import TellPerson, Told
from services.notification.application.ports import SecretVault
from services.notification.domain.channel import Channel
from services.notification.domain.notice import Notice
from services.shared.kernel.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeCode:
    command_id: UUID
    account_id: UUID
    clinic_id: UUID
    code: str = field(repr=False)
    expires_at: datetime
    channels: tuple[Channel, ...]
    traceparent: str


class SendOneTimeCode:
    """By the channels it was made for at once, at any hour; never after it expired.

    The code lies sealed in the vault until it expires; the log and parked notices hold the reason alone.
    """

    def __init__(self, *, vault: SecretVault, tell: TellPerson, clock: Clock) -> None:
        self._vault = vault
        self._tell = tell
        self._clock = clock

    async def __call__(self, command: OneTimeCode) -> Told:
        reason = f"command:{command.command_id}"
        if self._clock.now() < command.expires_at:
            await self._vault.keep(reason, command.code, until=command.expires_at)
        return await self._tell(
            Notice(
                reason=reason,
                template="one_time_code",
                person_id=command.account_id,
                clinic_id=command.clinic_id,
                at=command.expires_at,
                useful_until=command.expires_at,
                has_secret=True,
                channels=command.channels,
                traceparent=command.traceparent,
            )
        )
