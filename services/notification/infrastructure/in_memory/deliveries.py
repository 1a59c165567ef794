"""The delivery log in memory, for tests."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.notification.application.ports import LogFilter
from services.notification.domain.delivery import Delivery, DeliveryState, Lane
from services.notification.domain.receipt import Receipt


class InMemoryDeliveries:
    """Both sides of the log: Deliveries for the sender, DeliveryLog for readers."""

    def __init__(self) -> None:
        self._by_id: dict[UUID, Delivery] = {}

    async def add(self, delivery: Delivery) -> bool:
        if delivery.id in self._by_id:
            return False
        self._by_id[delivery.id] = delivery
        return True

    async def claim(self, lane: Lane, *, now: datetime, lease_until: datetime) -> Delivery | None:
        due = [
            delivery
            for delivery in self._by_id.values()
            if delivery.lane is lane and delivery.state is DeliveryState.QUEUED and _due_at(delivery) <= now
        ]
        if not due:
            return None
        first = min(due, key=_due_at)
        self._by_id[first.id] = replace(first, lease_until=lease_until)
        return self._by_id[first.id]

    async def begin_sending(
        self, claimed: Delivery, *, address_masked: str, now: datetime
    ) -> Delivery | None:
        known = self._by_id[claimed.id]
        if known.state is not DeliveryState.QUEUED or known.lease_until != claimed.lease_until:
            return None
        self._by_id[claimed.id] = replace(
            known,
            state=DeliveryState.SENDING,
            attempts=known.attempts + 1,
            address_masked=address_masked,
            sending_at=now,
            lease_until=None,
            detail=None,
        )
        return self._by_id[claimed.id]

    async def record_sent(self, sending: Delivery, *, provider_id: str, now: datetime) -> None:
        def sent(known: Delivery) -> Delivery:
            return replace(known, state=DeliveryState.SENT, provider_id=provider_id, sent_at=now, detail=None)

        known = self._by_id[sending.id]
        if known.state is DeliveryState.UNKNOWN and known.attempts == sending.attempts:
            self._by_id[sending.id] = sent(known)
        else:
            self._change(sending, sent)

    async def forget_addresses(self, person_id: UUID) -> Sequence[str]:
        own = [each for each in self._by_id.values() if each.person_id == person_id]
        self._by_id |= {each.id: replace(each, address_masked="") for each in own}
        return [each.reason for each in own if each.has_secret]

    async def record_receipt(self, receipt: Receipt) -> bool:
        known = self._by_id.get(receipt.delivery_id)
        if known is None or known.receipt_rank >= receipt.rank:
            return False
        self._by_id[known.id] = replace(
            known,
            state=receipt.state,
            receipt_rank=receipt.rank,
            provider_id=receipt.provider_id,
            sent_at=receipt.accepted_at,
            lease_until=None,
            not_before=None,
            detail=receipt.detail,
        )
        return True

    async def put_back(self, held: Delivery, *, not_before: datetime, detail: str, attempts: int) -> None:
        self._change(
            held,
            lambda known: replace(
                known,
                state=DeliveryState.QUEUED,
                not_before=not_before,
                lease_until=None,
                sending_at=None,
                detail=detail,
                attempts=attempts,
            ),
        )

    async def close(self, held: Delivery, state: DeliveryState, *, detail: str) -> None:
        self._change(held, lambda known: replace(known, state=state, lease_until=None, detail=detail))

    def _change(self, held: Delivery, change: Callable[[Delivery], Delivery]) -> None:
        known = self._by_id[held.id]
        if (known.state, known.attempts, known.lease_until) == (held.state, held.attempts, held.lease_until):
            self._by_id[held.id] = change(known)

    async def sending_since_before(self, moment: datetime, *, limit: int) -> Sequence[Delivery]:
        lost = [
            delivery
            for delivery in self._by_id.values()
            if delivery.state is DeliveryState.SENDING and (delivery.sending_at or moment) < moment
        ]
        return lost[:limit]

    async def unknown_since_before(self, moment: datetime, *, detail: str, limit: int) -> Sequence[Delivery]:
        open_ones = [
            delivery
            for delivery in self._by_id.values()
            if delivery.state is DeliveryState.UNKNOWN
            and delivery.detail == detail
            and (delivery.sending_at or moment) < moment
        ]
        return open_ones[:limit]

    async def any_receipt_of_later_than(self, moment: datetime) -> bool:
        return any(
            delivery.receipt_rank > 0 and delivery.sent_at is not None and delivery.sent_at > moment
            for delivery in self._by_id.values()
        )

    async def page(
        self, which: LogFilter, *, after: tuple[datetime, UUID] | None, limit: int
    ) -> list[Delivery]:
        chosen = [
            delivery
            for delivery in self._by_id.values()
            if (which.person_id is None or delivery.person_id == which.person_id)
            and (which.clinic_id is None or delivery.clinic_id == which.clinic_id)
            and (which.exam_id is None or delivery.exam_id == which.exam_id)
            and (after is None or (delivery.created_at, delivery.id.bytes) < (after[0], after[1].bytes))
        ]
        chosen.sort(key=lambda delivery: (delivery.created_at, delivery.id.bytes), reverse=True)
        return chosen[:limit]

    async def find(self, delivery_id: UUID) -> Delivery | None:
        return self._by_id.get(delivery_id)


def _due_at(delivery: Delivery) -> datetime:
    return delivery.lease_until or delivery.not_before or delivery.created_at
