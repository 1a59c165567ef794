"""One running product for all fault tests, and the people in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.engines.process import free_port
from tests.faults.crew import Crew
from tests.support.live import LiveSystem, start_live_system, stop_live_system


@pytest.fixture(scope="session")
def kill_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("orders")


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory, kill_folder: Path) -> Iterator[LiveSystem]:
    home = tmp_path_factory.mktemp("faults") / "home"
    running = start_live_system(home, free_port(), durable=True, kill_folder=kill_folder)
    yield running
    stop_live_system(running)


@pytest.fixture(scope="session")
def crew(system: LiveSystem) -> Iterator[Crew]:
    with system.http() as http:
        yield Crew(http)
