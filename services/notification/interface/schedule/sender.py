"""Sends what is due, in one lane, a bounded number at a time."""

import asyncio
from contextlib import AbstractContextManager
from typing import Protocol

from services.notification.application.commands.send_due_delivery import Attempt, SendDueDelivery
from services.notification.domain.delivery import Delivery, Lane
from services.shared.platform.logs import get_logger
from services.shared.platform.metrics.declared import SENDS
from services.shared.platform.spans.recording import Value, span

POLL_INTERVAL_S = 1.0
_PAUSE_AFTER_FAILURE_S = 2.0
_FINISH_WITHIN_S = 8.0


class Waker(Protocol):
    async def wait(self, timeout_s: float) -> None: ...


class SenderLoop:
    """Several may run, in one process or many: a delivery is leased to one sender at a time."""

    def __init__(self, send: SendDueDelivery, lane: Lane, waker: Waker, *, concurrency: int) -> None:
        self._send = send
        self._lane = lane
        self._waker = waker
        self._slots = asyncio.Semaphore(concurrency)
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Run until cancelled; then let what is with a provider finish, so that its outcome is on record."""
        try:
            while True:
                try:
                    started = await self.start_due()
                except Exception:
                    get_logger().exception("sender.claim_failed", kind=self._lane.value)
                    await asyncio.sleep(_PAUSE_AFTER_FAILURE_S)
                    continue
                if not started:
                    await self._waker.wait(POLL_INTERVAL_S)
        finally:
            await self.finish()

    async def start_due(self) -> bool:
        """Claim one delivery once a slot is free and start sending it; False when nothing is due."""
        await self._slots.acquire()
        delivery = None
        try:
            delivery = await self._send.claim(self._lane)
        finally:
            if delivery is None:
                self._slots.release()
        if delivery is None:
            return False
        task = asyncio.create_task(self._send_one(delivery))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return True

    async def finish(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=_FINISH_WITHIN_S)

    async def _send_one(self, delivery: Delivery) -> None:
        try:
            with _sending(delivery) as said:
                log = get_logger().bind(
                    delivery_id=delivery.id,
                    channel=delivery.channel.value,
                    template=delivery.template,
                    exam_id=delivery.exam_id,
                    clinic_id=delivery.clinic_id,
                )
                try:
                    outcome = await self._send(delivery)
                except Exception:
                    SENDS.labels(delivery.channel.value, "broke").inc()
                    log.exception("delivery.attempt_broke")
                    return
                SENDS.labels(delivery.channel.value, outcome.value).inc()
                said["laudo.outcome"] = outcome.value
                level = "info" if outcome in (Attempt.SENT, Attempt.HELD, Attempt.LOST) else "warning"
                getattr(log, level)(f"delivery.{outcome.value}")
        finally:
            self._slots.release()


def _sending(delivery: Delivery) -> AbstractContextManager[dict[str, Value]]:
    """Enter the trace of what the delivery tells about."""
    channel = delivery.channel.value
    return span(
        f"tell by {channel}", "internal", incoming=delivery.traceparent, attributes={"laudo.channel": channel}
    )
