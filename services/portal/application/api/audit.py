"""What the portal asks of every service that keeps an audit of a clinic, and of accounts who the ids in it are."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from services.portal.application.ports import ApiGateway, Caller, Json, Service

KEPT_BY: tuple[Service, ...] = ("accounts", "exams", "files", "notifications")


class AuditApi:
    def __init__(self, gateway: ApiGateway) -> None:
        self._gateway = gateway

    async def pages(self, caller: Caller, params: Mapping[str, str]) -> list[Json]:
        """Return one page of each service's log, asked side by side; each item says which service it is of."""

        async def ask(service: Service) -> Json:
            answer = await self._gateway.call(caller, service, "GET", "/audit", params=params)
            return answer | {"items": [item | {"service": service} for item in answer["items"]]}

        return list(await asyncio.gather(*(ask(service) for service in KEPT_BY)))

    async def names(self, caller: Caller, actors: Sequence[str], patients: Sequence[str]) -> Json:
        """Return `{"actors": [...], "records": [...]}` for up to 100 ids of each."""
        params: dict[str, Any] = {"actor_id": list(actors), "patient_id": list(patients)}
        return await self._gateway.call(caller, "accounts", "GET", "/audit/names", params=params)

    async def record(self, caller: Caller, number: str) -> str:
        """Return the id of the clinic's record with this number."""
        params = {"record_number": number}
        return str(
            (await self._gateway.call(caller, "accounts", "GET", "/audit/records", params=params))["id"]
        )
