"""The calls about a clinic's integrations (machine clients) that the pages make; each returns accounts' JSON."""

from services.portal.application.ports import ApiGateway, Caller, Json

_PATH = "/machine-clients"


class MachinesApi:
    def __init__(self, gateway: ApiGateway) -> None:
        self._gateway = gateway

    async def page(self, caller: Caller, cursor: str = "") -> Json:
        params = {"limit": "20"} | ({"cursor": cursor} if cursor else {})
        return await self._gateway.call(caller, "accounts", "GET", _PATH, params=params)

    async def one(self, caller: Caller, client_id: str) -> Json:
        return await self._gateway.call(caller, "accounts", "GET", f"{_PATH}/{client_id}")

    async def register(self, caller: Caller, client: Json, key: str) -> Json:
        """Return the client with its secret, which no other answer holds."""
        return await self._gateway.call(caller, "accounts", "POST", _PATH, body=client, idempotency_key=key)

    async def rotate(self, caller: Caller, client_id: str, rotation: Json) -> Json:
        """As `register`."""
        path = f"{_PATH}/{client_id}/secrets"
        return await self._gateway.call(caller, "accounts", "POST", path, body=rotation)

    async def end_previous(self, caller: Caller, client_id: str) -> None:
        await self._gateway.call(caller, "accounts", "DELETE", f"{_PATH}/{client_id}/secrets/previous")

    async def suspend(self, caller: Caller, client_id: str) -> None:
        await self._gateway.call(caller, "accounts", "PUT", f"{_PATH}/{client_id}/suspension")

    async def resume(self, caller: Caller, client_id: str) -> None:
        await self._gateway.call(caller, "accounts", "DELETE", f"{_PATH}/{client_id}/suspension")

    async def end(self, caller: Caller, client_id: str) -> None:
        await self._gateway.call(caller, "accounts", "DELETE", f"{_PATH}/{client_id}")
