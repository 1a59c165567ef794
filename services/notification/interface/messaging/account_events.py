"""From accounts' events to this service's commands."""

from services.notification.application.commands.forget_contact import ForgetContact
from services.notification.application.commands.learn_contact import AccountFacts, LearnContact
from services.notification.application.commands.tell_person import Told
from services.notification.domain.channel import Channel
from services.shared.contracts.accounts import AccountCreated, AccountData, AccountDeleted
from services.shared.platform.messaging.envelope import Message


class AccountEvents:
    def __init__(self, *, learn_contact: LearnContact, forget_contact: ForgetContact) -> None:
        self._learn = learn_contact
        self._forget = forget_contact

    async def __call__(self, message: Message) -> Told:
        data = message.data
        if isinstance(data, AccountDeleted):
            return await self._forget(data.account_id, data.version)
        assert isinstance(data, AccountData)
        return await self._learn(
            AccountFacts(
                account_id=data.account_id,
                version=data.version,
                clinic_id=data.clinic_id,
                is_patient=data.kind == "patient",
                name=data.name,
                email=data.email,
                phone=data.phone,
                sms_capable=data.sms_capable,
                locale=data.locale,
                first_access=data.first_access,
                is_new=isinstance(data, AccountCreated),
                traceparent=message.traceparent,
                messages={Channel(each.channel): each.allowed for each in data.messages},
            )
        )
