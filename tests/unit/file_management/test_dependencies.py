"""Whether the dependencies answer is remembered for a moment, and asked anew as soon as something failed."""

import pytest

from services.file_management.bootstrap.dependencies import Remembered
from services.shared.platform.messaging.envelope import Message
from tests.unit.file_management.test_messages import created


class Dependency:
    def __init__(self) -> None:
        self.down = False
        self.asked = 0

    async def check(self) -> None:
        self.asked += 1
        if self.down:
            raise ConnectionError


async def test_an_answer_holds_for_a_moment_so_that_pollers_do_not_ask_before_every_message() -> None:
    dependency = Dependency()
    healthy = Remembered(dependency.check)
    assert [await healthy() for _ in range(5)] == [True] * 5
    assert dependency.asked == 1


async def test_after_a_failure_it_is_asked_anew_so_that_an_outage_is_not_counted_against_the_message() -> (
    None
):
    dependency = Dependency()
    healthy = Remembered(dependency.check)
    assert await healthy()

    async def effect(_: Message) -> str:
        raise ConnectionError

    dependency.down = True
    with pytest.raises(ConnectionError):
        await healthy.forgotten_by_failures_of(effect)(created())
    assert not await healthy()
