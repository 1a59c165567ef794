"""Erases, by the clock, the names that an exam under way had held up."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from uuid import UUID

from services.exam_results.application.ports import ExamWork
from services.shared.kernel.clock import Clock
from services.shared.platform.logs import get_logger

_CLINICS = 100


class ErasureSweep:
    def __init__(
        self,
        waiting: Callable[[int], Awaitable[Sequence[UUID]]],
        work_in: Callable[[UUID], AbstractAsyncContextManager[ExamWork]],
        clock: Clock,
    ) -> None:
        self._waiting = waiting
        self._work_in = work_in
        self._clock = clock

    async def sweep(self) -> int:
        """Return how many records were erased."""
        erased = 0
        for clinic_id in await self._waiting(_CLINICS):
            try:
                async with self._work_in(clinic_id) as work:
                    erased += await work.identities.erase_due(self._clock.now())
            except Exception as error:
                get_logger().error("sweep.item_failed", clinic_id=clinic_id, exc_info=error)
        return erased
