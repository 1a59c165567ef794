"""Whatever the order in which events arrive and however often: at most one delivery per reason and channel."""

import asyncio
from collections import Counter
from datetime import timedelta
from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st

from services.shared.platform.messaging.envelope import Message
from tests.unit.notification.world import (
    NOON,
    World,
    account_created,
    account_updated,
    exam_completed,
    exam_created,
    exam_updated,
    file_processed,
    one_time_code,
    result_ready,
)

EVENTS: list[Message] = [
    account_created(1, first_access=True),
    account_updated(2),
    exam_created(1, scheduled_at=NOON + timedelta(days=1)),
    exam_updated(2, "scheduled", "scheduled", scheduled_at=NOON + timedelta(days=2)),
    exam_updated(3, "collected", "scheduled"),
    exam_completed(5),
    file_processed("attachment"),
    exam_updated(6, "released", "completed", report_version=1, ever_released=True),
    result_ready(7),
    result_ready(9, report_version=2),
    one_time_code("428913", NOON + timedelta(minutes=10)),
]


async def told(order: list[int], crash_after: int) -> World:
    """Hear the events in this order; the one at `crash_after` has its inbox row lost, as by a crash."""
    world = await World().open()
    for position, number in enumerate(order):
        event = EVENTS[number]
        await world.hear(event)
        if position == crash_after:
            world.listeners.inbox._seen.discard(event.id)  # type: ignore[attr-defined]
            await world.hear(event)
        if position % 3 == 0:
            await world.send_all()
    for event in EVENTS:  # at least once: what the order left out comes in the end
        await world.hear(event)
    await world.send_all()
    return world


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.integers(0, len(EVENTS) - 1), min_size=1, max_size=30),
    st.integers(0, 29),
)
def test_any_order_and_repetition_tells_each_reason_once_per_channel(
    order: list[int], crash_after: int
) -> None:
    world = asyncio.run(told(order, crash_after))
    recorded = Counter((item.reason, item.channel) for item in world.log)
    assert set(recorded.values()) == {1}
    by_channel = [mail.delivery_id for mail in world.email.sent], [sms.delivery_id for sms in world.sms.sent]
    sent = Counter(chain(*by_channel))
    assert set(sent.values()) == {1}
    assert set(sent) == {item.id for item in world.log if item.state == "sent"}


@settings(max_examples=100, deadline=None)
@given(st.permutations(range(len(EVENTS))))
def test_in_any_order_the_newest_report_and_the_code_are_told(order: list[int]) -> None:
    world = asyncio.run(told(list(order), crash_after=-1))
    states = world.states()
    for template in ("corrected", "one_time_code", "welcome"):
        assert states[f"{template}/email"] == states[f"{template}/sms"] == "sent"
