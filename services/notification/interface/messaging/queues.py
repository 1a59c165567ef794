"""Which handler serves which queue, each behind the inbox."""

from collections.abc import Awaitable, Callable

from services.notification.application.commands.tell_person import Told
from services.notification.application.ports import Inbox
from services.notification.application.service import Listeners
from services.notification.interface.messaging.account_events import AccountEvents
from services.notification.interface.messaging.exam_events import ExamEvents
from services.notification.interface.messaging.file_events import FileEvents
from services.notification.interface.messaging.provider_events import ProviderEvents
from services.notification.interface.messaging.security_commands import SecurityCommands
from services.shared.kernel.clock import Clock
from services.shared.platform.messaging.consumer import Effect
from services.shared.platform.messaging.envelope import Message

Handler = Callable[[Message], Awaitable[Told]]


def effects(listeners: Listeners, clock: Clock) -> dict[str, Effect]:
    """Return the effect of each queue by its name in topology.json."""
    commands = SecurityCommands(
        send_one_time_code=listeners.send_one_time_code,
        send_sign_in_alert=listeners.send_sign_in_alert,
        send_emergency_alert=listeners.send_emergency_alert,
        tell_address=listeners.tell_address,
    )
    handlers: dict[str, Handler] = {
        "notification-accounts": AccountEvents(
            learn_contact=listeners.learn_contact, forget_contact=listeners.forget_contact
        ),
        "notification-exams": ExamEvents(
            follow_exam=listeners.follow_exam,
            announce_completion=listeners.announce_completion,
            announce_report=listeners.announce_report,
        ),
        "notification-files": FileEvents(announce_attachment=listeners.announce_attachment),
        "notification-provider-events": ProviderEvents(record_receipt=listeners.record_receipt),
        "notification-critical": commands,
        "notification-commands": commands,
    }
    return {queue: _through_inbox(handler, listeners.inbox, clock) for queue, handler in handlers.items()}


def _through_inbox(handler: Handler, inbox: Inbox, clock: Clock) -> Effect:
    """The id is recorded after the effect: a crash in between repeats an effect that can be repeated."""

    async def effect(message: Message) -> str:
        if await inbox.has_seen(message.id):
            return "repeat"
        outcome = await handler(message)
        await inbox.record(message.id, clock.now())
        return outcome

    return effect
