"""The delivery log, in memory and in Mongo: leases, attempts and pages."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.notification.application.ports import LogFilter
from services.notification.bootstrap.wiring import Stores
from services.notification.domain.channel import Channel
from services.notification.domain.delivery import Delivery, DeliveryState, Lane, delivery_id
from services.notification.domain.receipt import Receipt, ReceiptKind
from tests.integration.notification.stores import memory_and_mongo

stores = memory_and_mongo  # the fixture, by the name its tests ask for
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
LEASE = NOW + timedelta(seconds=30)
SECOND = timedelta(seconds=1)
CLINIC, PERSON, EXAM = uuid4(), uuid4(), uuid4()


def delivery(reason: str = "exam:1:ready:1", channel: Channel = Channel.EMAIL, **changes: Any) -> Delivery:
    made = Delivery(
        id=delivery_id(reason, channel),
        reason=reason,
        channel=channel,
        template="ready",
        lane=Lane.ORDINARY,
        person_id=PERSON,
        clinic_id=CLINIC,
        traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01",
        state=DeliveryState.QUEUED,
        address_masked="a***@exemplo.example",
        created_at=NOW,
        exam_id=EXAM,
    )
    return replace(made, **changes)


# --- deliveries -------------------------------------------------------------------------------------------


async def test_a_delivery_is_recorded_once_and_comes_back_as_it_was(stores: Stores) -> None:
    full = delivery(at=NOW, useful_until=LEASE, has_secret=True, not_before=LEASE, detail="quiet_hours")
    assert await stores.deliveries.add(full)
    assert not await stores.deliveries.add(replace(full, template="corrected"))
    assert await stores.log.find(full.id) == full


async def test_recording_the_same_delivery_many_times_at_once_records_one(stores: Stores) -> None:
    added = await asyncio.gather(*(stores.deliveries.add(delivery()) for _ in range(10)))
    assert sorted(added) == [False] * 9 + [True]


async def test_the_longest_due_is_claimed_first_and_by_one_sender_only(stores: Stores) -> None:
    for number in (3, 1, 2):
        await stores.deliveries.add(delivery(f"r{number}", created_at=NOW - number * SECOND))
    claimed = await asyncio.gather(
        *(stores.deliveries.claim(Lane.ORDINARY, now=NOW, lease_until=LEASE) for _ in range(5))
    )
    reasons = [item.reason for item in claimed if item is not None]
    assert sorted(reasons) == ["r1", "r2", "r3"]
    first = delivery("first", created_at=NOW - 10 * SECOND)
    await stores.deliveries.add(delivery("second"))
    await stores.deliveries.add(first)
    claim = await stores.deliveries.claim(Lane.ORDINARY, now=NOW, lease_until=LEASE)
    assert claim == replace(first, lease_until=LEASE)


@pytest.mark.parametrize(
    "changes",
    [
        {"not_before": NOW + SECOND},
        {"created_at": NOW + SECOND},
        {"lane": Lane.URGENT},
        {"state": DeliveryState.SUPPRESSED},
        {"state": DeliveryState.SENT},
        {"state": DeliveryState.UNKNOWN},
    ],
)
async def test_what_is_not_due_in_the_lane_is_not_claimed(stores: Stores, changes: dict[str, Any]) -> None:
    await stores.deliveries.add(delivery(**changes))
    assert await stores.deliveries.claim(Lane.ORDINARY, now=NOW, lease_until=LEASE) is None


async def claimed(stores: Stores) -> Delivery:
    await stores.deliveries.add(delivery())
    found = await stores.deliveries.claim(Lane.ORDINARY, now=NOW, lease_until=LEASE)
    assert found is not None
    return found


async def sending(stores: Stores) -> Delivery:
    found = await stores.deliveries.begin_sending(await claimed(stores), address_masked="b***", now=NOW)
    assert found is not None
    return found


async def test_a_lease_ends_and_its_old_holder_cannot_send_or_change_it(stores: Stores) -> None:
    old = await claimed(stores)
    assert await stores.deliveries.claim(Lane.ORDINARY, now=LEASE - SECOND, lease_until=LEASE) is None
    later = LEASE + timedelta(seconds=30)
    new = await stores.deliveries.claim(Lane.ORDINARY, now=LEASE, lease_until=later)
    assert new is not None
    assert await stores.deliveries.begin_sending(old, address_masked="x", now=LEASE) is None
    await stores.deliveries.close(old, DeliveryState.FAILED, detail="x")
    await stores.deliveries.put_back(old, not_before=LEASE, detail="x", attempts=9)
    assert await stores.log.find(old.id) == new
    assert await stores.deliveries.begin_sending(new, address_masked="b***", now=LEASE) is not None
    assert await stores.deliveries.begin_sending(new, address_masked="b***", now=LEASE) is None


async def test_sending_counts_the_attempt_and_sent_keeps_the_providers_id(stores: Stores) -> None:
    held = await sending(stores)
    assert (held.state, held.attempts, held.address_masked, held.lease_until) == ("sending", 1, "b***", None)
    await stores.deliveries.record_sent(held, provider_id="p-1", now=LEASE)
    found = await stores.log.find(held.id)
    assert found is not None
    assert (found.state, found.provider_id, found.sent_at) == ("sent", "p-1", LEASE)
    await stores.deliveries.close(held, DeliveryState.UNKNOWN, detail="late")
    assert await stores.log.find(held.id) == found


async def test_what_is_put_back_is_due_again_at_its_time(stores: Stores) -> None:
    held = await sending(stores)
    await stores.deliveries.put_back(held, not_before=LEASE, detail="throttled", attempts=1)
    found = await stores.log.find(held.id)
    assert found is not None
    assert (found.state, found.not_before, found.detail, found.attempts) == ("queued", LEASE, "throttled", 1)
    assert await stores.deliveries.claim(Lane.ORDINARY, now=LEASE - SECOND, lease_until=LEASE) is None
    again = await stores.deliveries.claim(Lane.ORDINARY, now=LEASE, lease_until=LEASE + SECOND)
    assert again is not None
    second = await stores.deliveries.begin_sending(again, address_masked="b***", now=LEASE)
    assert second is not None
    assert second.attempts == 2


async def test_a_lost_one_is_found_after_its_time_and_a_late_answer_still_counts(stores: Stores) -> None:
    held = await sending(stores)
    assert await stores.deliveries.sending_since_before(NOW, limit=10) == []
    assert await stores.deliveries.sending_since_before(NOW + SECOND, limit=10) == [held]
    await stores.deliveries.close(held, DeliveryState.UNKNOWN, detail="timed_out")
    assert await stores.deliveries.sending_since_before(NOW + SECOND, limit=10) == []
    await stores.deliveries.record_sent(held, provider_id="late", now=LEASE)
    found = await stores.log.find(held.id)
    assert found is not None
    assert (found.state, found.provider_id, found.detail) == ("sent", "late", None)


async def test_an_answer_to_an_older_attempt_does_not_count_for_a_newer_one(stores: Stores) -> None:
    first = await sending(stores)
    await stores.deliveries.put_back(first, not_before=NOW, detail="timed_out", attempts=1)
    again = await stores.deliveries.claim(Lane.ORDINARY, now=NOW, lease_until=LEASE)
    assert again is not None
    second = await stores.deliveries.begin_sending(again, address_masked="b***", now=NOW)
    await stores.deliveries.record_sent(first, provider_id="old", now=NOW)
    assert await stores.log.find(first.id) == second


# --- what the provider tells ------------------------------------------------------------------------------


def receipt(kind: ReceiptKind, of: UUID, detail: str | None = None) -> Receipt:
    return Receipt(delivery_id=of, kind=kind, provider_id="p-9", accepted_at=LEASE, detail=detail)


@pytest.mark.parametrize("came_to", ["queued", "claimed", "sending", "unknown", "failed", "sent"])
async def test_a_receipt_settles_a_delivery_however_far_our_own_record_came(
    stores: Stores, came_to: str
) -> None:
    held = await (sending(stores) if came_to not in ("queued", "claimed") else claimed(stores))
    if came_to == "queued":
        await stores.deliveries.put_back(held, not_before=NOW, detail="timed_out", attempts=1)
    if came_to in ("unknown", "failed"):
        await stores.deliveries.close(held, DeliveryState(came_to), detail="timed_out")
    if came_to == "sent":
        await stores.deliveries.record_sent(held, provider_id="p-9", now=LEASE)
    assert await stores.deliveries.record_receipt(receipt(ReceiptKind.ACCEPTED, held.id))
    found = await stores.log.find(held.id)
    assert found is not None
    assert (found.state, found.provider_id, found.sent_at, found.detail) == ("sent", "p-9", LEASE, None)
    # Whoever held it changes nothing any more, and nobody sends it again.
    await stores.deliveries.record_sent(held, provider_id="p-9", now=NOW)
    await stores.deliveries.put_back(held, not_before=NOW, detail="late", attempts=1)
    await stores.deliveries.close(held, DeliveryState.UNKNOWN, detail="late")
    assert await stores.deliveries.begin_sending(held, address_masked="b***", now=NOW) is None
    assert await stores.log.find(held.id) == found


async def test_the_furthest_receipt_counts_in_whatever_order_they_come_and_however_often(
    stores: Stores,
) -> None:
    orders = [
        ([ReceiptKind.ACCEPTED, ReceiptKind.DELIVERED], "delivered"),
        ([ReceiptKind.DELIVERED, ReceiptKind.ACCEPTED, ReceiptKind.DELIVERED], "delivered"),
        ([ReceiptKind.BOUNCED, ReceiptKind.ACCEPTED, ReceiptKind.BOUNCED], "failed"),
        ([ReceiptKind.DELIVERED, ReceiptKind.BOUNCED], "failed"),
        ([ReceiptKind.COMPLAINED, ReceiptKind.DELIVERED], "delivered"),
    ]
    for number, (kinds, state) in enumerate(orders):
        made = delivery(f"r{number}")
        await stores.deliveries.add(made)
        changed = [
            await stores.deliveries.record_receipt(receipt(kind, made.id, kind.value)) for kind in kinds
        ]
        found = await stores.log.find(made.id)
        assert found is not None
        furthest = max(kinds, key=lambda kind: receipt(kind, made.id).rank)
        assert (found.state, found.detail) == (state, furthest.value)
        assert changed.count(True) == (2 if kinds.index(furthest) == 1 else 1)


async def test_a_receipt_of_a_delivery_that_nobody_knows_changes_nothing(stores: Stores) -> None:
    assert not await stores.deliveries.record_receipt(receipt(ReceiptKind.ACCEPTED, uuid4()))


async def test_what_has_stayed_unknown_is_found_by_how_long_and_why(stores: Stores) -> None:
    held = await sending(stores)
    await stores.deliveries.close(held, DeliveryState.UNKNOWN, detail="timed_out")
    late = NOW + SECOND
    find = stores.deliveries.unknown_since_before
    assert [item.id for item in await find(late, detail="timed_out", limit=9)] == [held.id]
    assert await find(NOW, detail="timed_out", limit=9) == []
    assert await find(late, detail="no_receipt", limit=9) == []


async def test_a_receipt_of_a_later_message_shows_that_receipts_reach_us(stores: Stores) -> None:
    sent, told = delivery("sent"), delivery("told")
    for made in (sent, told):
        await stores.deliveries.add(made)
    assert not await stores.deliveries.any_receipt_of_later_than(NOW)
    assert await stores.deliveries.record_receipt(receipt(ReceiptKind.ACCEPTED, told.id))
    assert await stores.deliveries.any_receipt_of_later_than(LEASE - SECOND)
    assert not await stores.deliveries.any_receipt_of_later_than(LEASE)


# --- the log as people read it ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (LogFilter(person_id=PERSON), {"a", "b", "c"}),
        (LogFilter(clinic_id=CLINIC), {"a", "b", "d"}),
        (LogFilter(person_id=PERSON, exam_id=EXAM), {"a", "c"}),
        (LogFilter(clinic_id=CLINIC, exam_id=EXAM), {"a", "d"}),
        (LogFilter(person_id=UUID(int=9)), set()),
    ],
)
async def test_the_log_is_read_by_person_or_clinic(
    stores: Stores, which: LogFilter, expected: set[str]
) -> None:
    for made in (
        delivery("a"),
        delivery("b", exam_id=None),
        delivery("c", clinic_id=uuid4()),
        delivery("d", person_id=uuid4()),
    ):
        await stores.deliveries.add(made)
    found = await stores.log.page(which, after=None, limit=10)
    assert {item.reason for item in found} == expected


async def test_pages_are_newest_first_and_hold_each_once_even_at_equal_times(stores: Stores) -> None:
    for number in range(9):
        await stores.deliveries.add(delivery(f"r{number}", created_at=NOW + (number // 3) * SECOND))
    seen: list[Delivery] = []
    after: tuple[datetime, UUID] | None = None
    while page := await stores.log.page(LogFilter(person_id=PERSON), after=after, limit=2):
        seen += page
        after = (page[-1].created_at, page[-1].id)
    assert len({item.id for item in seen}) == len(seen) == 9
    assert [item.created_at for item in seen] == sorted((item.created_at for item in seen), reverse=True)


async def test_a_persons_deliveries_forget_the_address_and_name_whose_secrets_wait(stores: Stores) -> None:
    other = delivery("other", person_id=uuid4())
    mine = [delivery("plain"), delivery("code", has_secret=True)]
    for each in (*mine, other):
        await stores.deliveries.add(each)
    assert await stores.deliveries.forget_addresses(PERSON) == ["code"]
    for each in mine:
        assert await stores.log.find(each.id) == replace(each, address_masked="")
    assert await stores.log.find(other.id) == other
