"""Logs as the services write them."""

import pytest

from services.shared.platform.logs import configure_logs


@pytest.fixture(autouse=True)
def _service_logs() -> None:
    configure_logs("test-service")
