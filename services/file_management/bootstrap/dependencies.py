"""Says whether what the consumers need is there: a consumer whose dependency is down stops polling."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from services.file_management.bootstrap.settings import WorkerSettings
from services.file_management.bootstrap.wiring import table_answers
from services.file_management.infrastructure.dynamodb.table import Table
from services.shared.platform.messaging.consumer import Effect
from services.shared.platform.messaging.envelope import Message

_REMEMBERED_S = 2.0
_TIMEOUT_S = 3.0


class Remembered:
    """Turns a check that raises into an answer that holds for two seconds, unless something failed meanwhile.

    What failed is counted against the message when all is well, and not while a dependency is down: an answer from
    before the failure would count an outage against it.
    """

    def __init__(self, check: Callable[[], Awaitable[None]]) -> None:
        self._check = check
        self._known: tuple[float, bool] | None = None

    async def __call__(self) -> bool:
        known = self._known
        if known is None or time.monotonic() - known[0] > _REMEMBERED_S:
            try:
                await asyncio.wait_for(self._check(), _TIMEOUT_S)
            except Exception:
                known = (time.monotonic(), False)
            else:
                known = (time.monotonic(), True)
            self._known = known
        return known[1]

    def forgotten_by_failures_of(self, effect: Effect) -> Effect:
        """Return the effect, which makes this ask anew when it fails."""

        async def noticed(message: Message) -> str:
            try:
                return await effect(message)
            except BaseException:
                self._known = None
                raise

        return noticed


def everything_answers(
    settings: WorkerSettings, table: Table, s3: Any, http: httpx.AsyncClient
) -> Callable[[], Awaitable[None]]:
    """Metadata, objects, and the services that reports are made from, with the databases behind them."""

    async def answers(url: str) -> None:
        (await http.get(url, timeout=_TIMEOUT_S)).raise_for_status()

    async def check() -> None:
        await asyncio.gather(
            table_answers(table),
            asyncio.to_thread(s3.head_bucket, Bucket=settings.bucket),
            answers(f"{settings.exams_url}/api/v1/exams/readyz"),
            answers(f"{settings.accounts_url}/api/v1/accounts/readyz"),
        )

    return check
