"""Messages to an address that is on nobody's file: invitations, codes to confirm a contact, word to an old one."""

import json
from datetime import timedelta
from typing import Any

from services.notification.domain.delivery import DeliveryState
from services.shared.contracts.commands import SendToAddress
from services.shared.kernel.ids import new_id
from services.shared.platform.messaging.envelope import Message, new_message
from tests.unit.notification.world import ANA, CLINIC, NOON, World, account_created


def to_address(**changes: Any) -> Message:
    facts = {
        "recipient_id": new_id(),
        "template": "staff_invitation",
        "channel": "email",
        "address": "nova@exemplo.example",
        "first_name": "Íris Prado",
        "locale": "pt-BR",
        "code": "7KQ2-M9XD-4TRW",
        "at": NOON + timedelta(days=7),
        "useful_until": NOON + timedelta(hours=1),
    }
    data = SendToAddress(**{**facts, **changes})
    return new_message(
        "notification.command.to_address",
        source="/accounts",
        subject=data.recipient_id,
        clinic_id=CLINIC,
        time=NOON,
        data=data,
    )


async def test_it_goes_to_that_address_once_with_its_code_and_the_log_holds_neither(world: World) -> None:
    command = to_address()
    assert await world.hear(command, command) == ["done", "repeat"]
    kept = json.dumps([str(delivery) for delivery in world.log])
    assert await world.send_all() == ["sent"]
    (mail,) = world.email.sent
    assert mail.to == "nova@exemplo.example"
    assert "7KQ2-M9XD-4TRW" in mail.text
    assert "Íris" in mail.text
    assert "Prado" not in mail.text
    assert "nova@" not in kept
    assert "7KQ2" not in kept
    assert world.sms.sent == []


async def test_what_is_on_file_of_the_same_person_is_not_told(world: World) -> None:
    await world.hear(
        account_created(first_access=False),
        to_address(
            recipient_id=ANA, template="contact_code", channel="sms", address="+5511900000909", code="123456"
        ),
    )
    assert await world.send_all() == ["sent"]
    (sms,) = world.sms.sent
    assert sms.to == "+5511900000909"
    assert "123456" in sms.text
    assert world.email.sent == []


async def test_too_late_it_is_neither_kept_nor_sent(world: World) -> None:
    waiting = to_address()
    world.clock.advance(timedelta(hours=2))
    await world.hear(waiting)
    assert [delivery.state for delivery in world.log] == [DeliveryState.SUPPRESSED]
    assert await world.send_all() == []


async def test_kept_too_long_in_the_queue_of_deliveries_it_is_not_sent(world: World) -> None:
    await world.hear(to_address())
    world.clock.advance(timedelta(hours=2))
    assert await world.send_all() == ["suppressed"]
    assert world.email.sent == []
