"""The whole service in memory."""

import pytest

from services.exam_results.infrastructure.in_memory.memory import Memory
from services.exam_results.infrastructure.in_memory.work import InMemoryExamWork, InMemoryTransactions
from services.shared.kernel.clock import FixedClock
from tests.unit.exam_results.samples import LIFECYCLE, NOW, Clinic, Job, put_people


@pytest.fixture
def memory() -> Memory:
    return Memory(LIFECYCLE)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
async def clinic(memory: Memory) -> Clinic:
    clinic = Clinic()
    memory.laboratories[clinic.id] = clinic.laboratory
    await put_people(InMemoryExamWork(memory), clinic)
    return clinic


@pytest.fixture
def job(memory: Memory, clock: FixedClock) -> Job:
    return Job(InMemoryTransactions(memory), clock)
