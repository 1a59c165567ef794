"""From the command queues to this service's commands."""

from services.notification.application.commands.send_emergency_alert import (
    EmergencyAccess,
    SendEmergencyAlert,
)
from services.notification.application.commands.send_one_time_code import OneTimeCode, SendOneTimeCode
from services.notification.application.commands.send_sign_in_alert import SendSignInAlert, SignIn
from services.notification.application.commands.tell_address import TellAddress, ToAddress
from services.notification.application.commands.tell_person import Told
from services.notification.domain.addressed import Addressed
from services.notification.domain.channel import Channel
from services.notification.domain.contact import first_name
from services.shared.contracts import commands
from services.shared.platform.messaging.envelope import Message


class SecurityCommands:
    def __init__(
        self,
        *,
        send_one_time_code: SendOneTimeCode,
        send_sign_in_alert: SendSignInAlert,
        tell_address: TellAddress,
        send_emergency_alert: SendEmergencyAlert,
    ) -> None:
        self._code = send_one_time_code
        self._alert = send_sign_in_alert
        self._emergency = send_emergency_alert
        self._address = tell_address

    async def __call__(self, message: Message) -> Told:
        data = message.data
        if isinstance(data, commands.SendOneTimeCode):
            return await self._code(
                OneTimeCode(
                    command_id=message.id,
                    account_id=data.account_id,
                    clinic_id=message.clinic_id,
                    code=data.code,
                    expires_at=data.expires_at,
                    channels=tuple(Channel(channel) for channel in data.channels),
                    traceparent=message.traceparent,
                )
            )
        if isinstance(data, commands.SendEmergencyAccess):
            return await self._emergency(
                EmergencyAccess(
                    command_id=message.id,
                    account_id=data.account_id,
                    clinic_id=message.clinic_id,
                    accessed_at=data.accessed_at,
                    traceparent=message.traceparent,
                )
            )
        if isinstance(data, commands.SendToAddress):
            return await self._address(_to_address(message, data))
        assert isinstance(data, commands.SendSignInAlert)
        return await self._alert(
            SignIn(
                command_id=message.id,
                account_id=data.account_id,
                clinic_id=message.clinic_id,
                signed_in_at=data.signed_in_at,
                traceparent=message.traceparent,
            )
        )


def _to_address(message: Message, data: commands.SendToAddress) -> ToAddress:
    return ToAddress(
        command_id=message.id,
        recipient_id=data.recipient_id,
        clinic_id=message.clinic_id,
        template=data.template,
        message=Addressed(
            channel=Channel(data.channel),
            address=data.address,
            first_name=first_name(data.first_name),
            locale=data.locale,
            code=data.code,
        ),
        at=data.at,
        useful_until=data.useful_until,
        traceparent=message.traceparent,
    )
