"""What the portal asks of accounts (`/api/v1/accounts`)."""

from collections.abc import Sequence
from typing import Any

from services.portal.application.ports import ApiGateway, Caller, Json


class AccountsApi:
    def __init__(self, gateway: ApiGateway) -> None:
        self._gateway = gateway

    async def refresh(self, caller: Caller, refresh_token: str) -> Json:
        body = {"refresh_token": refresh_token}
        return await self._gateway.call(caller, "accounts", "POST", "/sessions/refresh", body=body)

    async def sign_out(self, caller: Caller) -> None:
        await self._gateway.call(caller, "accounts", "DELETE", "/sessions/current")

    async def ask_first_access(self, caller: Caller, login: str) -> None:
        await self._gateway.call(caller, "accounts", "POST", "/first-access", body={"login": login})

    async def complete_first_access(self, caller: Caller, login: str, code: str, password: str) -> None:
        body = {"login": login, "code": code, "password": password}
        await self._gateway.call(caller, "accounts", "POST", "/first-access/completion", body=body)

    async def me(self, caller: Caller) -> Json:
        return await self._gateway.call(caller, "accounts", "GET", "/me")

    async def speak(self, caller: Caller, locale: str) -> None:
        await self._gateway.call(caller, "accounts", "PUT", "/me/locale", body={"locale": locale})

    async def name_staff(self, caller: Caller, ids: Sequence[str]) -> list[Json]:
        """Name those of `ids` who work where the caller is a patient; at most 100."""
        answer = await self._gateway.call(
            caller, "accounts", "GET", "/me/accesses/people", params={"id": list(ids)}
        )
        return list(answer["items"])

    async def find_patients(self, caller: Caller, q: str, cursor: str | None = None) -> Json:
        params = {"q": q, "limit": "20"} | ({"cursor": cursor} if cursor else {})
        return await self._gateway.call(caller, "accounts", "GET", "/patients", params=params)

    async def patient(self, caller: Caller, patient_id: str) -> Json:
        return await self._gateway.call(caller, "accounts", "GET", f"/patients/{patient_id}")

    async def reset_patients_factors(self, caller: Caller, patient_id: str, how: str) -> None:
        path = f"/patients/{patient_id}/factor-reset"
        await self._gateway.call(caller, "accounts", "POST", path, body={"how": how})

    async def end_patients_sessions(self, caller: Caller, patient_id: str) -> None:
        await self._gateway.call(caller, "accounts", "DELETE", f"/patients/{patient_id}/sessions")

    async def register_patient(self, caller: Caller, patient: dict[str, Any], key: str) -> Json:
        return await self._gateway.call(
            caller, "accounts", "POST", "/patients", body=patient, idempotency_key=key
        )

    async def doctors(self, caller: Caller, q: str = "") -> Json:
        return await self._gateway.call(caller, "accounts", "GET", "/doctors", params={"q": q} if q else None)
