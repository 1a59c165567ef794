"""The calls about a clinic's staff and invitations that the pages make; each returns accounts' JSON as it came."""

from typing import Any

from services.portal.application.ports import ApiGateway, Caller, Json


class StaffApi:
    def __init__(self, gateway: ApiGateway) -> None:
        self._gateway = gateway

    async def people(self, caller: Caller, q: str, cursor: str = "") -> Json:
        params = {"q": q, "limit": "20"} | ({"cursor": cursor} if cursor else {})
        return await self._gateway.call(caller, "accounts", "GET", "/staff", params=params)

    async def member(self, caller: Caller, account_id: str) -> Json:
        return await self._gateway.call(caller, "accounts", "GET", f"/staff/{account_id}")

    async def change_roles(self, caller: Caller, account_id: str, change: dict[str, Any]) -> None:
        await self._gateway.call(caller, "accounts", "PUT", f"/staff/{account_id}/roles", body=change)

    async def end_access(self, caller: Caller, account_id: str) -> None:
        await self._gateway.call(caller, "accounts", "DELETE", f"/staff/{account_id}/access")

    async def give_access_again(self, caller: Caller, account_id: str) -> None:
        await self._gateway.call(caller, "accounts", "PUT", f"/staff/{account_id}/access")

    async def end_sessions(self, caller: Caller, account_id: str) -> None:
        await self._gateway.call(caller, "accounts", "DELETE", f"/staff/{account_id}/sessions")

    async def reset_factors(self, caller: Caller, account_id: str, how: str) -> None:
        path = f"/staff/{account_id}/factor-reset"
        await self._gateway.call(caller, "accounts", "POST", path, body={"how": how})

    async def verify(self, caller: Caller, account_id: str, verification: Json) -> None:
        path = f"/staff/{account_id}/verification"
        await self._gateway.call(caller, "accounts", "PUT", path, body=verification)

    async def withdraw_verification(self, caller: Caller, account_id: str, compared: Json) -> None:
        path = f"/staff/{account_id}/verification/withdrawal"
        await self._gateway.call(caller, "accounts", "POST", path, body=compared)

    async def invitations(self, caller: Caller, cursor: str = "") -> Json:
        params = {"limit": "20"} | ({"cursor": cursor} if cursor else {})
        return await self._gateway.call(caller, "accounts", "GET", "/invitations", params=params)

    async def invite(self, caller: Caller, invitation: Json, key: str) -> None:
        await self._gateway.call(
            caller, "accounts", "POST", "/invitations", body=invitation, idempotency_key=key
        )

    async def resend(self, caller: Caller, invitation_id: str) -> None:
        await self._gateway.call(caller, "accounts", "POST", f"/invitations/{invitation_id}/mail")

    async def withdraw(self, caller: Caller, invitation_id: str) -> None:
        await self._gateway.call(caller, "accounts", "DELETE", f"/invitations/{invitation_id}")

    async def open_invitation(self, caller: Caller, code: str) -> Json:
        body = {"invitation_code": code}
        return await self._gateway.call(caller, "accounts", "POST", "/invitations/opening", body=body)

    async def accept(self, caller: Caller, acceptance: Json) -> None:
        await self._gateway.call(caller, "accounts", "POST", "/invitations/acceptance", body=acceptance)
