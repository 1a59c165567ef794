"""The life of a delivery between the log and the provider."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from services.notification.application.commands.sweep_lost_deliveries import Swept
from services.notification.application.ports import NotAccepted, OutcomeUnknown
from services.notification.domain.delivery import Delivery, Lane
from services.notification.domain.preferences import Preferences
from tests.unit.notification.world import (
    ANA,
    CLINIC,
    NIGHT,
    NOON,
    OTHER_CLINIC,
    World,
    account_created,
    account_updated,
    one_time_code,
    result_ready,
)

THROTTLED = NotAccepted("throttled", permanent=False)


@pytest.fixture
async def told(world: World) -> World:
    """A person with an e-mail address alone, who is to be told of a report."""
    await world.hear(account_created(phone=None, sms_capable=False), result_ready(7))
    return world


def only(world: World) -> Delivery:
    (delivery,) = world.log
    return delivery


async def test_a_sent_delivery_carries_the_providers_id_and_ours_travels_along(told: World) -> None:
    assert await told.send_all() == ["sent"]
    delivery = only(told)
    assert (delivery.state, delivery.provider_id, delivery.sent_at) == ("sent", "email-1", NOON)
    assert told.email.sent[0].delivery_id == delivery.id
    assert delivery.address_masked == "a***@exemplo.example"


async def test_sending_is_on_record_before_the_provider_is_called(told: World) -> None:
    seen = []

    async def look(_: object) -> str:
        seen.append(only(told).state)
        return "id"

    told.email.send = look  # type: ignore[assignment,method-assign]
    await told.send_all()
    assert seen == ["sending"]


async def test_a_refusal_is_tried_again_with_back_off_and_then_given_up(told: World) -> None:
    told.email.failures = [THROTTLED] * 6
    attempts = []
    for _ in range(6):
        attempts += await told.send_all()
        told.clock.advance(timedelta(hours=1))
    assert attempts == ["retry"] * 5 + ["failed"]
    assert (only(told).state, only(told).detail, only(told).attempts) == ("failed", "throttled", 6)


async def test_a_provider_out_of_reach_for_hours_uses_up_no_attempt_and_the_message_goes_out(
    told: World,
) -> None:
    told.email.failures = [NotAccepted("unreachable", permanent=False)] * 200
    while told.email.failures:
        assert set(await told.send_all()) <= {"retry"}
        told.clock.advance(timedelta(seconds=15))
    assert told.clock.now() - NOON > timedelta(hours=2)
    told.email.failures = [THROTTLED]
    told.clock.advance(timedelta(minutes=1))
    assert await told.send_all() == ["retry"]
    assert only(told).attempts == 1
    told.clock.advance(timedelta(seconds=5))
    assert await told.send_all() == ["sent"]


async def test_a_provider_out_of_reach_for_a_day_is_given_up_so_that_staff_see_it(told: World) -> None:
    told.email.failures = [NotAccepted("unreachable", permanent=False)] * 2
    assert await told.send_all() == ["retry"]
    told.clock.advance(timedelta(days=1))
    assert await told.send_all() == ["failed"]
    assert (only(told).state, only(told).detail) == ("failed", "unreachable")


async def test_a_refused_delivery_waits_for_its_time(told: World) -> None:
    told.email.failures = [THROTTLED]
    assert await told.send_all() == ["retry"]
    assert await told.send_all() == []
    told.clock.advance(timedelta(seconds=5))
    assert await told.send_all() == ["sent"]


async def test_a_permanent_refusal_is_not_tried_again(told: World) -> None:
    told.email.failures = [NotAccepted("rejected", permanent=True)]
    assert await told.send_all() == ["failed"]
    assert only(told).detail == "rejected"


async def test_a_time_out_leaves_the_outcome_unknown_and_nothing_is_sent_again(told: World) -> None:
    told.email.failures = [OutcomeUnknown()]
    assert await told.send_all() == ["unknown"]
    told.clock.advance(timedelta(days=2))
    await told.senders.sweep_lost_deliveries()
    assert await told.send_all() == []
    assert only(told).state == "unknown"


async def crash_after_accept(world: World) -> None:
    """The provider takes the message, and the process dies before the record."""
    claimed = await world.senders.send_due_delivery.claim(Lane.ORDINARY)
    assert claimed is not None
    record, world.deliveries.record_sent = world.deliveries.record_sent, _die  # type: ignore[method-assign]
    with pytest.raises(ConnectionResetError):
        await world.senders.send_due_delivery(claimed)
    world.deliveries.record_sent = record  # type: ignore[method-assign]


async def _die(*_: object, **__: object) -> None:
    raise ConnectionResetError


async def test_a_crash_between_accept_and_record_becomes_unknown_not_a_second_message(told: World) -> None:
    await crash_after_accept(told)
    assert only(told).state == "sending"
    assert not await told.senders.sweep_lost_deliveries()  # it may still be under way
    told.clock.advance(timedelta(seconds=61))
    assert await told.senders.sweep_lost_deliveries() == Swept(lost=1)
    assert await told.send_all() == []
    assert only(told).state == "unknown"
    assert len(told.email.sent) == 1


async def test_a_critical_contact_prefers_a_repeat_to_silence(told: World) -> None:
    delivery = only(told)
    told.deliveries._by_id[delivery.id] = replace(delivery, template="contact_us")
    await crash_after_accept(told)
    told.clock.advance(timedelta(seconds=61))
    await told.senders.sweep_lost_deliveries()
    told.email.failures = [OutcomeUnknown()]
    for _ in range(3):
        told.clock.advance(timedelta(hours=1))
        await told.send_all()
    assert only(told).state == "sent"
    assert len(told.email.sent) == 2


async def test_an_answer_that_comes_after_the_sweeper_still_counts(told: World) -> None:
    claimed = await told.senders.send_due_delivery.claim(Lane.ORDINARY)
    assert claimed is not None
    sending = await told.deliveries.begin_sending(claimed, address_masked="a***", now=NOON)
    assert sending is not None
    told.clock.advance(timedelta(seconds=90))
    await told.senders.sweep_lost_deliveries()
    await told.deliveries.record_sent(sending, provider_id="late", now=told.clock.now())
    assert (only(told).state, only(told).provider_id) == ("sent", "late")


async def test_a_sender_that_died_before_the_call_loses_its_lease_and_nothing_is_lost(told: World) -> None:
    first = await told.senders.send_due_delivery.claim(Lane.ORDINARY)
    assert first is not None
    assert await told.send_all() == []
    told.clock.advance(timedelta(seconds=31))
    assert await told.send_all() == ["sent"]
    assert await told.senders.send_due_delivery(first) == "lost"
    assert len(told.email.sent) == 1


async def test_a_choice_made_while_a_message_is_held_counts(world: World) -> None:
    world.clock.at = NIGHT
    await world.hear(account_created(email=None), result_ready(7))
    await world.preferences.save(ANA, Preferences(email=True, sms=False))
    world.clock.advance(timedelta(hours=12))
    assert await world.send_all() == ["suppressed"]
    assert (only(world).state, only(world).detail) == ("suppressed", "declined")


async def test_a_message_that_comes_due_at_night_is_held_again(world: World) -> None:
    await world.hear(account_created(email=None), result_ready(7))
    world.clock.at = NIGHT
    assert await world.send_all() == ["held"]
    assert world.sms.sent == []
    world.clock.advance(timedelta(hours=12))
    assert await world.send_all() == ["sent"]


async def test_a_message_goes_to_the_address_known_when_it_is_sent(told: World) -> None:
    await told.hear(account_updated(2, email="nova@exemplo.example"))
    await told.send_all()
    assert told.email.sent[0].to == "nova@exemplo.example"
    assert only(told).address_masked == "n***@exemplo.example"


async def test_a_clinic_that_is_not_known_yet_delays_the_message(told: World) -> None:
    del told.clinics._clinics[CLINIC]
    assert await told.send_all() == ["retry"]
    assert only(told).detail == "clinic_unknown"
    clinic = await told.clinics.find(OTHER_CLINIC)
    assert clinic is not None
    await told.clinics.save(replace(clinic, id=CLINIC))
    told.clock.advance(timedelta(seconds=5))
    assert await told.send_all() == ["sent"]


async def test_a_one_time_code_is_sent_and_stands_nowhere_in_the_log(world: World) -> None:
    await world.hear(account_created(), one_time_code("428913", NOON + timedelta(minutes=10)))
    await world.send_all()
    assert "428913" in world.sms.sent[0].text
    assert "428913" in world.email.sent[0].text
    assert "12:10" in world.sms.sent[0].text
    assert "428913" not in repr(world.log)


async def test_an_expired_code_is_not_sent(world: World) -> None:
    await world.hear(account_created(), one_time_code("428913", NOON + timedelta(minutes=10)))
    world.clock.advance(timedelta(minutes=10))
    assert await world.send_all() == ["suppressed", "suppressed"]
    await world.hear(one_time_code("111111", NOON))
    assert {item.state.value for item in world.log} == {"suppressed"}
    assert world.sms.sent == []


async def test_a_code_for_a_person_not_known_yet_waits_without_being_stored_in_the_clear(
    world: World,
) -> None:
    await world.hear(one_time_code("428913", NOON + timedelta(minutes=10)))
    assert "428913" not in repr(await world.parked.waiting_for(ANA))
    await world.hear(account_created())
    await world.send_all()
    assert "428913" in world.sms.sent[0].text


async def test_urgent_messages_have_a_lane_of_their_own(world: World) -> None:
    await world.hear(account_created(), result_ready(7))
    await world.hear(one_time_code("428913", NOON + timedelta(minutes=10)))
    claimed = await world.senders.send_due_delivery.claim(Lane.URGENT)
    assert claimed is not None
    assert claimed.template == "one_time_code"


async def test_a_delivery_id_never_changes_with_the_process_that_makes_it(world: World) -> None:
    from services.notification.domain.channel import Channel
    from services.notification.domain.delivery import delivery_id

    assert str(delivery_id("exam:1:ready:1", Channel.EMAIL)) == "3a4fc9c8-3964-511b-8d20-6aa22e8ee7f5"
    assert delivery_id("exam:1:ready:1", Channel.SMS) != delivery_id("exam:1:ready:1", Channel.EMAIL)
    assert delivery_id(str(uuid4()), Channel.SMS) != delivery_id(str(uuid4()), Channel.SMS)
