"""The providers' own events: read as they come, and what they make of a delivery that we know nothing more of."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.notification.application.commands.send_due_delivery import Attempt
from services.notification.application.commands.sweep_lost_deliveries import Swept
from services.notification.application.ports import OutcomeUnknown
from services.notification.domain.delivery import Delivery
from services.notification.domain.receipt import Receipt, ReceiptKind
from services.notification.interface.messaging.provider_events import QUEUE, parse_provider_event
from services.shared.platform.messaging.envelope import MalformedMessage
from tests.unit.notification.world import World, account_created, result_ready

ADDRESS = "recipient@exemplo.example"


def email_event(kind: str, delivery_id: Any, **more: Any) -> str:
    """As SES publishes it, by EventBridge: only what its documentation promises, and an address."""
    tags = {"ses:configuration-set": ["laudo"], "delivery_id": [str(delivery_id)]}
    mail = {
        "timestamp": "2026-11-23T15:00:01.000Z",
        "messageId": "ses-1",
        "destination": [ADDRESS],
        "commonHeaders": {"to": [ADDRESS], "subject": "s"},
        "tags": tags if delivery_id else {},
    }
    return envelope("aws.ses", {"eventType": kind, "mail": mail, **more})


def sms_event(kind: str, delivery_id: Any) -> str:
    context = {"delivery_id": str(delivery_id)} if delivery_id else {}
    detail = {
        "eventType": kind,
        "destinationPhoneNumber": "+5511900000201",
        "messageId": "sms-1",
        "messageRequestTimestamp": 1795446001000,
        "context": context,
    }
    return envelope("aws.sms-voice", detail)


def envelope(source: str, detail: dict[str, Any]) -> str:
    return json.dumps(
        {
            "version": "0",
            "id": str(uuid4()),
            "detail-type": "x",
            "source": source,
            "account": "111122223333",
            "time": "2026-11-23T15:00:02Z",
            "region": "sa-east-1",
            "resources": [],
            "detail": detail,
        }
    )


@pytest.fixture
async def unknown(world: World) -> Delivery:
    """A delivery whose provider call broke off."""
    world.email.failures = [OutcomeUnknown()]
    await world.hear(account_created(phone=None), result_ready(7))
    assert await world.send_all() == [Attempt.UNKNOWN]
    (found,) = world.log
    return found


async def tell(world: World, body: str) -> None:
    assert await world.effects[QUEUE](parse_provider_event(body)) == "done"


BOUNCE = {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": ADDRESS}]}


@pytest.mark.parametrize(
    ("kind", "more", "state", "detail"),
    [
        ("Send", {}, "sent", None),
        ("Delivery", {}, "delivered", None),
        ("Bounce", {"bounce": BOUNCE}, "failed", "bounced_permanent"),
        ("Bounce", {"bounce": {"bounceType": "Transient"}}, "failed", "bounced_transient"),
        ("Reject", {"reject": {"reason": "Bad content"}}, "failed", "rejected"),
        ("Complaint", {"complaint": {}}, "delivered", "complained"),
    ],
)
async def test_an_email_event_settles_an_unknown_delivery(
    world: World, unknown: Delivery, kind: str, more: dict[str, Any], state: str, detail: str | None
) -> None:
    await tell(world, email_event(kind, unknown.id, **more))
    (found,) = world.log
    assert (found.state, found.detail, found.provider_id) == (state, detail, "ses-1")
    assert await world.send_all() == []
    assert ADDRESS not in repr(found)


@pytest.mark.parametrize(
    ("kind", "state", "detail"),
    [
        ("TEXT_QUEUED", "sent", None),
        ("TEXT_SENT", "sent", None),
        ("TEXT_SUCCESSFUL", "sent", None),
        ("TEXT_DELIVERED", "delivered", None),
        ("TEXT_UNREACHABLE", "failed", "unreachable"),
        ("TEXT_CARRIER_BLOCKED", "failed", "carrier_blocked"),
    ],
)
async def test_a_text_receipt_settles_an_unknown_delivery(
    world: World, unknown: Delivery, kind: str, state: str, detail: str | None
) -> None:
    await tell(world, sms_event(kind, unknown.id))
    (found,) = world.log
    assert (found.state, found.detail, found.provider_id) == (state, detail, "sms-1")


@pytest.mark.parametrize("of", [None, uuid4()], ids=["unnamed", "named"])
@pytest.mark.parametrize("kind", ["Open", "DeliveryDelay", "Send"])
async def test_what_is_not_about_a_delivery_of_ours_or_tells_nothing_is_passed_over(
    world: World, unknown: Delivery, kind: str, of: Any
) -> None:
    await tell(world, email_event(kind, of))
    await tell(world, sms_event("TEXT_UNKNOWN" if kind == "Open" else "TEXT_SENT", of))
    assert world.log == [unknown]


@pytest.mark.parametrize(
    "body",
    ["{", "[]", envelope("aws.s3", {}), envelope("aws.ses", {"eventType": "Send"}), email_event("Send", "x")],
)
def test_what_is_no_event_of_a_provider_is_malformed_and_its_content_is_not_told(body: str) -> None:
    with pytest.raises(MalformedMessage) as refusal:
        parse_provider_event(body)
    assert ADDRESS not in str(refusal.value)


async def test_a_critical_contact_is_not_repeated_once_the_provider_says_that_it_has_it(
    world: World,
) -> None:
    await world.hear(account_created(phone=None), result_ready(7))
    (queued,) = world.log
    object.__setattr__(queued, "template", "contact_us")
    world.email.failures = [OutcomeUnknown()]
    assert await world.send_all() == [Attempt.RETRY]
    await tell(world, email_event("Send", queued.id))
    world.clock.advance(timedelta(hours=1))
    assert await world.send_all() == []
    assert world.log[0].state == "sent"


async def another_told(world: World, *, later_by: timedelta) -> None:
    """A message of another exam that the provider takes `later_by` after the open one, and tells of."""
    world.clock.advance(later_by)
    await world.hear(result_ready(9, report_version=2))
    await world.send_all()
    (other,) = [item for item in world.log if item.template == "corrected"]
    await world.deliveries.record_receipt(
        Receipt(
            delivery_id=other.id,
            kind=ReceiptKind.ACCEPTED,
            provider_id="o",
            accepted_at=world.clock.now(),
        )
    )


async def test_what_the_provider_never_took_is_sent_again_once_it_has_told_of_later_messages(
    world: World, unknown: Delivery
) -> None:
    await another_told(world, later_by=timedelta(seconds=3))
    assert not await world.senders.sweep_lost_deliveries()  # its own receipt may be on its way
    world.clock.advance(timedelta(seconds=58))
    assert await world.senders.sweep_lost_deliveries() == Swept(never_taken=1)
    assert await world.send_all() == [Attempt.SENT]
    assert not await world.senders.sweep_lost_deliveries()


async def test_nothing_is_sent_again_while_a_receipt_waits_to_be_heard(
    world: World, unknown: Delivery
) -> None:
    """A worker that was away for a minute finds its own receipt among those that wait."""
    await another_told(world, later_by=timedelta(seconds=3))
    world.clock.advance(timedelta(minutes=5))
    world.receipts.waiting = 1
    assert not await world.senders.sweep_lost_deliveries()
    assert await world.send_all() == []
    world.receipts.waiting = 0
    assert await world.senders.sweep_lost_deliveries() == Swept(never_taken=1)


async def test_while_no_later_receipt_shows_that_they_reach_us_nothing_is_sent_again(
    world: World, unknown: Delivery
) -> None:
    await another_told(world, later_by=timedelta(seconds=1))
    world.clock.advance(timedelta(minutes=10))
    assert not await world.senders.sweep_lost_deliveries()
    assert await world.send_all() == []


async def test_without_any_receipt_it_stays_unknown_and_says_so_after_a_quarter_of_an_hour(
    world: World, unknown: Delivery
) -> None:
    world.clock.advance(timedelta(minutes=15))
    assert not await world.senders.sweep_lost_deliveries()
    world.clock.advance(timedelta(seconds=1))
    assert await world.senders.sweep_lost_deliveries() == Swept(given_up=1)
    assert (world.log[0].state, world.log[0].detail) == ("unknown", "no_receipt")
    assert not await world.senders.sweep_lost_deliveries()
    await tell(world, email_event("Delivery", unknown.id))  # better late than never
    assert (world.log[0].state, world.log[0].detail) == ("delivered", None)
