"""Fixtures for every test. Those of the embedded stack are in tests/support/embedded.py, and start lazily."""

pytest_plugins = ["tests.support.embedded", "tests.support.live"]
