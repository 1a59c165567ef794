"""Every queue has a consumer in its owner's worker."""

from pathlib import Path

import pytest

from services.shared.platform.topology import load_topology

SERVICES = Path(__file__).resolve().parents[2] / "services"
QUEUES = load_topology().raw["queues"]


@pytest.mark.parametrize("queue", sorted(QUEUES))
def test_every_queue_is_consumed_by_its_owner(queue: str) -> None:
    owner = SERVICES / QUEUES[queue]["consumer"].replace("-", "_")
    rooms = [*(owner / "bootstrap").rglob("*.py"), *(owner / "interface").rglob("*.py")]
    assert any(f'"{queue}"' in room.read_text(encoding="utf-8") for room in rooms)
