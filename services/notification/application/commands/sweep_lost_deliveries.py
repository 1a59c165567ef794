"""Settle deliveries whose sender died between the provider's answer and its record."""

from dataclasses import dataclass
from datetime import timedelta

from services.notification.application.commands.send_due_delivery import TIMED_OUT
from services.notification.application.ports import Deliveries
from services.notification.domain.delivery import DeliveryState
from services.notification.domain.retry import back_off
from services.notification.domain.template import Templates
from services.shared.kernel.clock import Clock

LOST_AFTER = timedelta(seconds=60)  # far over every time-out of a provider call
GIVEN_UP_AFTER = timedelta(minutes=15)  # a provider tells of what it took within seconds
NO_RECEIPT = "no_receipt"
BATCH = 100


@dataclass(frozen=True, slots=True)
class Swept:
    lost: int = 0  # are unknown or queued again now
    given_up: int = 0  # unknown, and the provider has told nothing of them

    def __bool__(self) -> bool:
        return bool(self.lost or self.given_up)


class SweepLostDeliveries:
    """Marks them unknown: they may have gone out, so nothing is sent again by itself.

    - The provider's own receipt settles most of them within seconds (RecordReceipt), before this looks.
    - Critical contacts are queued again: a repeat is better than silence.
    - One of which the provider tells nothing in a quarter of an hour stays unknown, and says so: staff see it on the
      exam and in the log, and ask the patient themselves. A receipt that comes later still counts.
    """

    def __init__(self, *, deliveries: Deliveries, templates: Templates, clock: Clock) -> None:
        self._deliveries = deliveries
        self._templates = templates
        self._clock = clock

    async def __call__(self) -> Swept:
        """Settle up to a hundred of each."""
        return Swept(lost=await self._settle_lost(), given_up=await self._give_up())

    async def _settle_lost(self) -> int:
        now = self._clock.now()
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

    async def _give_up(self) -> int:
        untold = await self._deliveries.unknown_since_before(
            self._clock.now() - GIVEN_UP_AFTER, detail=TIMED_OUT, limit=BATCH
        )
        for delivery in untold:
            await self._deliveries.close(delivery, DeliveryState.UNKNOWN, detail=NO_RECEIPT)
        return len(untold)
