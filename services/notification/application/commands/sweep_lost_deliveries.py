"""Settle deliveries whose sender died, or heard nothing, between its call to the provider and the record of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.notification.application.commands.send_due_delivery import TIMED_OUT
from services.notification.application.ports import Deliveries, Receipts
from services.notification.domain.delivery import Delivery, DeliveryState
from services.notification.domain.retry import back_off
from services.notification.domain.template import Templates
from services.shared.kernel.clock import Clock

LOST_AFTER = timedelta(seconds=30)  # over every time-out of a provider call
SILENT_FOR = timedelta(seconds=60)  # a provider tells of what it took within seconds
GIVEN_UP_AFTER = timedelta(minutes=15)
CLOCKS_AGREE_WITHIN = timedelta(seconds=2)  # the provider's and ours
NEVER_TAKEN = "never_taken"
NO_RECEIPT = "no_receipt"
TRIES = 3
BATCH = 100


@dataclass(frozen=True, slots=True)
class Swept:
    lost: int = 0  # are unknown now, or queued again
    never_taken: int = 0  # were unknown, and are queued again
    given_up: int = 0  # stay unknown

    def __bool__(self) -> bool:
        return bool(self.lost or self.never_taken or self.given_up)


class SweepLostDeliveries:
    """Marks them unknown: they may have gone out, so nothing is sent again before the provider has had its say.

    - The provider's receipt settles those that it took, mostly before this looks (RecordReceipt).
    - One that it never took gets no receipt. When a minute has passed without one, receipts of messages that were
      taken later have come, so that they do reach us, and none has waited for long, it is sent again. Without the last,
      a worker that was away for a minute would take its own absence for the provider's silence.
    - Critical contacts are queued again at once: a repeat is better than silence.
    - One that cannot be settled in a quarter of an hour stays unknown, and says so: staff see it on the exam and in the
      log, and ask the patient themselves. A receipt that comes later still counts.
    """

    def __init__(
        self, *, deliveries: Deliveries, receipts: Receipts, templates: Templates, clock: Clock
    ) -> None:
        self._deliveries = deliveries
        self._receipts = receipts
        self._templates = templates
        self._clock = clock

    async def __call__(self) -> Swept:
        """Settle up to a hundred that were lost, and a hundred that are unknown."""
        now = self._clock.now()
        lost = await self._settle_lost(now)
        unknown = await self._deliveries.unknown_since_before(now - SILENT_FOR, detail=TIMED_OUT, limit=BATCH)
        # Asked after they were read: a receipt heard meanwhile has moved its delivery on, and nothing is put back.
        all_heard = bool(unknown) and await self._receipts.all_heard()
        again = [item for item in unknown if all_heard and await self._was_never_taken(item)]
        for delivery in again:
            await self._deliveries.put_back(
                delivery, not_before=now, detail=NEVER_TAKEN, attempts=delivery.attempts
            )
        given_up = [item for item in unknown if item not in again and _began(item) < now - GIVEN_UP_AFTER]
        for delivery in given_up:
            await self._deliveries.close(delivery, DeliveryState.UNKNOWN, detail=NO_RECEIPT)
        return Swept(lost=lost, never_taken=len(again), given_up=len(given_up))

    async def _settle_lost(self, now: datetime) -> int:
        lost = await self._deliveries.sending_since_before(now - LOST_AFTER, limit=BATCH)
        for delivery in lost:
            pause = back_off(delivery.attempts)
            if self._templates[delivery.template].repeat_when_unknown and pause is not None:
                await self._deliveries.put_back(
                    delivery, not_before=now + pause, detail=TIMED_OUT, attempts=delivery.attempts
                )
            else:
                await self._deliveries.close(delivery, DeliveryState.UNKNOWN, detail=TIMED_OUT)
        return len(lost)

    async def _was_never_taken(self, delivery: Delivery) -> bool:
        if delivery.attempts >= TRIES:
            return False
        return await self._deliveries.any_receipt_of_later_than(_began(delivery) + CLOCKS_AGREE_WITHIN)


def _began(delivery: Delivery) -> datetime:
    return delivery.sending_at or delivery.created_at
