"""Fixtures for every test. Those of the embedded stack are in tests/support/embedded.py, and start lazily."""

import pytest

from services.shared.platform.logs import configure_logs

pytest_plugins = [
    "tests.support.embedded",
    "tests.support.live",
    "tests.support.round_trips",
    "tests.support.scheduling",
]


@pytest.fixture(autouse=True, scope="session")
def _logs_as_the_services_write_them() -> None:
    """structlog's own default prints local variables in colour: slow, and not what runs."""
    configure_logs("tests")
