"""Exam results on a real PostgreSQL."""

from collections.abc import AsyncIterator, Callable

import pytest

from infra.local.provision.databases import DatabaseUrls
from services.shared.kernel.clock import FixedClock
from tests.integration.exam_results.database import Installation, installed, migrated
from tests.unit.exam_results.samples import NOW, Clinic, Job


@pytest.fixture(scope="session")
async def exam_results_urls(new_database: Callable[[str], DatabaseUrls]) -> DatabaseUrls:
    return await migrated(new_database)


@pytest.fixture
async def installation(exam_results_urls: DatabaseUrls) -> AsyncIterator[Installation]:
    async with installed(exam_results_urls) as ready:
        yield ready


@pytest.fixture
async def clinic(installation: Installation) -> Clinic:
    return await installation.clinic()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def job(installation: Installation, clock: FixedClock) -> Job:
    return Job(installation.transactions, clock)
