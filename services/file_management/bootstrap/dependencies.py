"""Says whether what the consumers need is there: a consumer whose dependency is down stops polling."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from services.file_management.bootstrap.settings import WorkerSettings
from services.file_management.bootstrap.wiring import table_answers
from services.file_management.infrastructure.dynamodb.table import Table

_REMEMBERED_S = 2.0
_TIMEOUT_S = 3.0

Healthy = Callable[[], Awaitable[bool]]


def remembered(check: Callable[[], Awaitable[None]]) -> Healthy:
    """Turn a check that raises into an answer that holds for two seconds."""
    last: list[tuple[float, bool]] = [(0.0, False)]

    async def healthy() -> bool:
        if time.monotonic() - last[0][0] > _REMEMBERED_S:
            try:
                await asyncio.wait_for(check(), _TIMEOUT_S)
            except Exception:
                last[0] = (time.monotonic(), False)
            else:
                last[0] = (time.monotonic(), True)
        return last[0][1]

    return healthy


def everything_answers(
    settings: WorkerSettings, table: Table, s3: Any, http: httpx.AsyncClient
) -> Callable[[], Awaitable[None]]:
    """Metadata, objects, and the services that reports are made from."""

    async def answers(url: str) -> None:
        (await http.get(url, timeout=_TIMEOUT_S)).raise_for_status()

    async def check() -> None:
        await asyncio.gather(
            table_answers(table),
            asyncio.to_thread(s3.head_bucket, Bucket=settings.bucket),
            answers(f"{settings.exams_url}/api/v1/exams/healthz"),
            answers(f"{settings.accounts_url}/api/v1/accounts/healthz"),
        )

    return check
