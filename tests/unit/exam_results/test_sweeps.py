"""The worker's sweeps: one that fails at every turn keeps back nobody else's result."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from services.exam_results.application.commands.open_result import OpenResult
from services.exam_results.domain.errors import VERSION_CONFLICT
from services.exam_results.interface.schedule.sweeps import EmbargoSweep, ParkedSweep
from services.shared.kernel.clock import SystemClock
from services.shared.kernel.ids import new_id

CLINIC, BROKEN, OVERTAKEN, SOUND = new_id(), new_id(), new_id(), new_id()
DUE = [(CLINIC, BROKEN), (CLINIC, OVERTAKEN), (CLINIC, SOUND)]


async def test_a_result_that_cannot_be_opened_keeps_back_no_other() -> None:
    opened: list[UUID] = []

    class Exams:
        async def load(self, exam_id: UUID) -> None:
            if exam_id == BROKEN:
                raise ValueError
            if exam_id == OVERTAKEN:
                raise VERSION_CONFLICT.error()
            opened.append(exam_id)

    class Work:
        exams = Exams()

    @asynccontextmanager
    async def work_in(_: UUID) -> AsyncIterator[Any]:
        yield Work()

    async def due(_: int) -> Sequence[tuple[UUID, UUID]]:
        return DUE

    assert await EmbargoSweep(due, work_in, OpenResult(SystemClock())).sweep() == len(DUE)
    assert opened == [SOUND]


async def test_a_parked_message_that_fails_keeps_back_no_other() -> None:
    resumed: list[str] = []

    async def parked(_: int) -> Sequence[tuple[UUID, str]]:
        return [(CLINIC, "exam/broken"), (CLINIC, "exam/sound")]

    async def resume(_: UUID, prerequisite: str) -> None:
        if prerequisite == "exam/broken":
            raise ValueError
        resumed.append(prerequisite)

    assert await ParkedSweep(parked, resume).sweep() == 2
    assert resumed == ["exam/sound"]
