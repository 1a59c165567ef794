"""A service on in-memory adapters at noon, with two clinics and no people."""

from collections.abc import Iterator

import pytest
import structlog

from services.shared.platform.logs import configure_logs
from tests.unit.notification.world import World


@pytest.fixture(autouse=True)
def _service_logs() -> Iterator[None]:
    configure_logs("notification")
    yield
    structlog.reset_defaults()


@pytest.fixture
async def world() -> World:
    return await World().open()
