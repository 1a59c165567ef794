"""Logs as the services write them."""

from collections.abc import Iterator

import pytest
import structlog

from services.shared.platform.logs import configure_logs


@pytest.fixture(autouse=True)
def _service_logs() -> Iterator[None]:
    configure_logs("test-service")
    yield
    structlog.reset_defaults()
