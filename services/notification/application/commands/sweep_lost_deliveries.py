"""Settle deliveries whose sender died between the provider's answer and its record."""

from datetime import timedelta

from services.notification.application.commands.send_due_delivery import TIMED_OUT
from services.notification.application.ports import Deliveries
from services.notification.domain.delivery import DeliveryState
from services.notification.domain.retry import back_off
from services.notification.domain.template import Templates
from services.shared.kernel.clock import Clock

LOST_AFTER = timedelta(seconds=60)  # far over every time-out of a provider call
BATCH = 100


class SweepLostDeliveries:
    """Marks them unknown: they may have gone out, so nothing is sent again by itself.

    Critical contacts are queued again: a repeat is better than silence.
    """

    def __init__(self, *, deliveries: Deliveries, templates: Templates, clock: Clock) -> None:
        self._deliveries = deliveries
        self._templates = templates
        self._clock = clock

    async def __call__(self) -> int:
        """Settle up to a hundred; return how many."""
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
