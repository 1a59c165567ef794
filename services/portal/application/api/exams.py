"""What the portal asks of exam-results (`/api/v1/exams`)."""

from collections.abc import Mapping
from typing import Any

from services.portal.application.ports import ApiGateway, Caller, Json


class ExamsApi:
    def __init__(self, gateway: ApiGateway) -> None:
        self._gateway = gateway

    async def catalogue(self, caller: Caller) -> list[Json]:
        answer = await self._gateway.call(caller, "exams", "GET", "/catalogue")
        return list(answer["items"])

    async def register(self, caller: Caller, order: dict[str, Any], key: str) -> Json:
        return await self._gateway.call(caller, "exams", "POST", "", body=order, idempotency_key=key)

    async def find(self, caller: Caller, filters: Mapping[str, str], cursor: str | None = None) -> Json:
        params = {name: value for name, value in filters.items() if value} | (
            {"cursor": cursor} if cursor else {}
        )
        return await self._gateway.call(caller, "exams", "GET", "", params=params)

    async def exam(self, caller: Caller, exam_id: str, how: Mapping[str, str] | None = None) -> Json:
        """`how`: `person_id` for an exam of somebody who lets the caller in, or `way=emergency`."""
        return await self._gateway.call(caller, "exams", "GET", f"/{exam_id}", params=how or None)

    async def record_collection(self, caller: Caller, exam_id: str, collection: Json, key: str) -> Json:
        return await self._act(caller, exam_id, "collection", collection, key)

    async def start_analysis(self, caller: Caller, exam_id: str, key: str) -> Json:
        return await self._act(caller, exam_id, "analysis", {}, key)

    async def enter_values(
        self, caller: Caller, exam_id: str, version: int, values: list[dict[str, str]]
    ) -> Json:
        body = {"version": version, "values": values}
        return await self._gateway.call(caller, "exams", "PUT", f"/{exam_id}/results", body=body)

    async def complete(
        self, caller: Caller, exam_id: str, version: int, repeated: list[str], key: str
    ) -> Json:
        body: Json = {"version": version} | ({"criticals_repeated": repeated} if repeated else {})
        return await self._act(caller, exam_id, "completion", body, key)

    async def send_back(self, caller: Caller, exam_id: str, reason: str, key: str) -> Json:
        return await self._act(caller, exam_id, "return", {"reason": reason}, key)

    async def release(self, caller: Caller, exam_id: str, version: int, key: str) -> Json:
        return await self._act(caller, exam_id, "release", {"version": version}, key)

    async def ask_new_collection(self, caller: Caller, exam_id: str, reason: str, key: str) -> Json:
        return await self._act(caller, exam_id, "recollection", {"reason": reason}, key)

    async def cancel(self, caller: Caller, exam_id: str, reason: str, key: str) -> Json:
        return await self._act(caller, exam_id, "cancellation", {"reason": reason}, key)

    async def schedule(self, caller: Caller, exam_id: str, scheduled_at: str, key: str) -> Json:
        return await self._act(caller, exam_id, "schedule", {"scheduled_at": scheduled_at}, key)

    async def _act(self, caller: Caller, exam_id: str, action: str, body: Json, key: str) -> Json:
        path = f"/{exam_id}/{action}"
        return await self._gateway.call(caller, "exams", "POST", path, body=body, idempotency_key=key)
