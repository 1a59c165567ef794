"""What the portal asks of the three services that consume queues (`/api/v1/<service>/dead-letters`)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from services.portal.application.ports import ApiGateway, Caller, Json
from services.portal.application.problems import ApiProblem

Keeper = Literal["exams", "files", "notifications"]
KEEPERS: tuple[Keeper, ...] = ("exams", "files", "notifications")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Shelf:
    """One service's letters; None: the service did not answer, so nobody knows whether it has any."""

    keeper: Keeper
    letters: list[Json] | None
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class SentBack:
    keeper: Keeper
    count: int | None  # None: the service did not answer; whatever it did not send is still there


class DeadLettersApi:
    def __init__(self, gateway: ApiGateway) -> None:
        self._gateway = gateway

    async def shelves(self, caller: Caller) -> list[Shelf]:
        """Ask all three at once; one that fails is said to have failed, and hides nothing of the others."""

        async def look(keeper: Keeper) -> Shelf:
            answer = await self._gateway.call(caller, keeper, "GET", "/dead-letters")
            letters = [letter | {"keeper": keeper} for letter in answer["items"]]
            return Shelf(keeper, letters, bool(answer["is_partial"]))

        return await self._of_each(look, lambda keeper: Shelf(keeper, None))

    async def redrive_all(self, caller: Caller) -> list[SentBack]:
        async def send(keeper: Keeper) -> SentBack:
            answer = await self._gateway.call(caller, keeper, "POST", "/dead-letters/redrive")
            return SentBack(keeper, int(answer["count"]))

        return await self._of_each(send, lambda keeper: SentBack(keeper, None))

    async def letter(self, caller: Caller, keeper: Keeper, queue: str, letter_id: str) -> Json:
        path = f"/dead-letters/{queue}/{letter_id}"
        return await self._gateway.call(caller, keeper, "GET", path) | {"keeper": keeper}

    async def redrive(self, caller: Caller, keeper: Keeper, queue: str, letter_id: str) -> None:
        await self._gateway.call(caller, keeper, "POST", f"/dead-letters/{queue}/{letter_id}/redrive")

    async def discard(self, caller: Caller, keeper: Keeper, queue: str, letter_id: str) -> None:
        await self._gateway.call(caller, keeper, "DELETE", f"/dead-letters/{queue}/{letter_id}")

    async def _of_each(
        self, ask: Callable[[Keeper], Awaitable[Answer]], silent: Callable[[Keeper], Answer]
    ) -> list[Answer]:
        async def ask_or_say_so(keeper: Keeper) -> Answer:
            try:
                return await ask(keeper)
            except ApiProblem as problem:
                if problem.status < 500:
                    raise
                return silent(keeper)

        return list(await asyncio.gather(*(ask_or_say_so(keeper) for keeper in KEEPERS)))
