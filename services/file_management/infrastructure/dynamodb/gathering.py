"""What waits goes together: while calls are under way, whoever comes next shares the following one.

An idle store is asked at once, so nobody waits for others to come; a busy one is asked seldom, for many at a time.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Gathering(Generic[Item, Answer]):
    """`call` answers up to `at_most` items in their order, in a thread; when it raises, all of them have failed."""

    def __init__(
        self, call: Callable[[Sequence[Item]], Sequence[Answer]], *, at_most: int, calls_at_once: int = 2
    ) -> None:
        self._call = call
        self._at_most = at_most
        self._free = calls_at_once
        self._waiting: list[tuple[Item, asyncio.Future[Answer]]] = []
        self._calls: set[asyncio.Task[None]] = set()

    async def ask(self, item: Item) -> Answer:
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self._free:
            self._free -= 1
            task = asyncio.create_task(self._run())
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)
        return await answer

    async def _run(self) -> None:
        try:
            while self._waiting:
                now, self._waiting = self._waiting[: self._at_most], self._waiting[self._at_most :]
                await self._answer(now)
        finally:
            self._free += 1

    async def _answer(self, asked: Sequence[tuple[Item, "asyncio.Future[Answer]"]]) -> None:
        try:
            answers = await asyncio.to_thread(self._call, [item for item, _ in asked])
        except Exception as error:
            for _, future in asked:
                if not future.done():  # whoever was cancelled does not listen any more
                    future.set_exception(error)
            return
        for (_, future), answer in zip(asked, answers, strict=True):
            if not future.done():
                future.set_result(answer)
