"""What the worker does by the clock: opens results whose embargo has ended, and tries parked messages again.

What is oldest comes first, so one that fails at every turn must not keep back the others: it is logged and passed over.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from uuid import UUID

from services.exam_results.application.commands.open_result import OpenResult
from services.exam_results.application.ports import ExamWork
from services.exam_results.domain.errors import VERSION_CONFLICT
from services.shared.kernel.errors import LaudoError
from services.shared.platform.logs import get_logger
from services.shared.platform.spans.recording import span

_BATCH = 100
_Clinic = UUID
_Exam = UUID


class EmbargoSweep:
    """Several workers may sweep: the stream's versions let one of them open a result, once."""

    def __init__(
        self,
        due: Callable[[int], Awaitable[Sequence[tuple[_Clinic, _Exam]]]],
        work_in: Callable[[_Clinic], AbstractAsyncContextManager[ExamWork]],
        open_result: OpenResult,
    ) -> None:
        self._due = due
        self._work_in = work_in
        self._open_result = open_result

    async def sweep(self) -> int:
        """Open what is due; return how many were looked at."""
        found = await self._due(_BATCH)
        for clinic_id, exam_id in found:
            try:
                with span("open result", "internal", incoming=None, attributes={}):
                    async with self._work_in(clinic_id) as work:
                        await self._open_result.run(work, exam_id)
            except LaudoError as error:
                if error.kind is not VERSION_CONFLICT:  # another worker was faster
                    _log_failure(error, clinic_id, exam_id)
            except Exception as error:
                _log_failure(error, clinic_id, exam_id)
        return len(found)


class ParkedSweep:
    """Gives messages that came too early another try; those that still wait are parked again."""

    def __init__(
        self,
        parked: Callable[[int], Awaitable[Sequence[tuple[_Clinic, str]]]],
        resume: Callable[[_Clinic, str], Awaitable[None]],
    ) -> None:
        self._parked = parked
        self._resume = resume

    async def sweep(self) -> int:
        found = await self._parked(_BATCH)
        for clinic_id, prerequisite in found:
            try:
                await self._resume(clinic_id, prerequisite)
            except Exception as error:
                _log_failure(error, clinic_id)
        return len(found)


def _log_failure(error: Exception, clinic_id: UUID, exam_id: UUID | None = None) -> None:
    get_logger().error("sweep.item_failed", clinic_id=clinic_id, exam_id=exam_id, exc_info=error)


async def every(seconds: float, sweep: Callable[[], Awaitable[int]]) -> None:
    """Run `sweep` until cancelled; a failure is logged and tried again at the next turn."""
    while True:
        try:
            await sweep()
        except Exception:
            get_logger().exception("sweep.failed")
        await asyncio.sleep(seconds)
