"""The calls about records that may be of one person; each returns accounts' JSON as it came."""

from services.portal.application.ports import ApiGateway, Caller, Json


class MergesApi:
    def __init__(self, gateway: ApiGateway) -> None:
        self._gateway = gateway

    async def duplicates(self, caller: Caller, cursor: str = "") -> Json:
        params = {"limit": "20"} | ({"cursor": cursor} if cursor else {})
        return await self._gateway.call(caller, "accounts", "GET", "/duplicates", params=params)

    async def merges(self, caller: Caller, cursor: str = "") -> Json:
        params = {"limit": "20"} | ({"cursor": cursor} if cursor else {})
        return await self._gateway.call(caller, "accounts", "GET", "/merges", params=params)

    async def propose(self, caller: Caller, proposal: Json, key: str) -> None:
        await self._gateway.call(caller, "accounts", "POST", "/merges", body=proposal, idempotency_key=key)

    async def decide(self, caller: Caller, merge_id: str, *, merge: bool) -> None:
        path = f"/merges/{merge_id}/{'confirmation' if merge else 'refusal'}"
        await self._gateway.call(caller, "accounts", "PUT", path)

    async def undo(self, caller: Caller, merge_id: str, reason: str) -> None:
        path = f"/merges/{merge_id}/undoing"
        await self._gateway.call(caller, "accounts", "POST", path, body={"reason": reason})
