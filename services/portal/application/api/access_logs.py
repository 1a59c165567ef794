"""What the portal asks of every service that keeps an audit of clinical data: who read or changed what."""

import asyncio
from typing import Any

from services.portal.application.ports import ApiGateway, Caller, Json, Service

_KEPT_BY: tuple[Service, ...] = ("accounts", "exams", "files")


class AccessLogsApi:
    def __init__(self, gateway: ApiGateway) -> None:
        self._gateway = gateway

    async def own(
        self, caller: Caller, *, limit: int, cursor: str | None, with_own: bool
    ) -> list[dict[str, Any]]:
        """Return one page of each service, asked side by side: `{"items": [...], "next_cursor": ...}`."""
        params = {"limit": str(limit), "own": str(with_own).lower()} | ({"cursor": cursor} if cursor else {})

        async def ask(service: Service) -> Json:
            return await self._gateway.call(caller, service, "GET", "/me/accesses", params=params)

        return list(await asyncio.gather(*(ask(service) for service in _KEPT_BY)))
