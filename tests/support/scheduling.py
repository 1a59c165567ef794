"""Which tests share a worker when they run in parallel: a file's stay together, and those of the running product too.

The product costs ten processes, so it runs once, on one worker, beside everything else.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

_OF_THE_RUNNING_PRODUCT = ("tests/e2e/", "tests/faults/", "tests/integration/local/test_run.py")


class ProductTogether(LoadScopeScheduling):  # type: ignore[misc]
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return "the running product" if file.startswith(_OF_THE_RUNNING_PRODUCT) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ProductTogether:
    return ProductTogether(config, log)
