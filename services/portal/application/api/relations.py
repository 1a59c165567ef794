"""What the portal asks about who may see whose exams: of accounts (proxies) and of exam-results (all others)."""

from typing import Any

from services.portal.application.ports import ApiGateway, Caller, Json


class RelationsApi:
    def __init__(self, gateway: ApiGateway) -> None:
        self._gateway = gateway

    async def proxies(self, caller: Caller) -> Json:
        return await self._gateway.call(caller, "accounts", "GET", "/me/proxies")

    async def grant(self, caller: Caller, grant: dict[str, Any], key: str) -> Json:
        path = "/me/proxies"
        return await self._gateway.call(caller, "accounts", "POST", path, body=grant, idempotency_key=key)

    async def end_proxy(self, caller: Caller, proxy_id: str) -> None:
        await self._gateway.call(caller, "accounts", "DELETE", f"/me/proxies/{proxy_id}")

    async def record_guardian(
        self, caller: Caller, patient_id: str, guardian_id: str, proof: str, key: str
    ) -> None:
        body = {"guardian_patient_id": guardian_id, "proof": proof}
        path = f"/patients/{patient_id}/guardians"
        await self._gateway.call(caller, "accounts", "POST", path, body=body, idempotency_key=key)

    async def look_up_patient(self, caller: Caller, identifiers: dict[str, Any]) -> Json:
        return await self._gateway.call(caller, "accounts", "POST", "/patients/lookup", body=identifiers)

    async def let_in(self, caller: Caller) -> list[Json]:
        """Return who was let in to the caller's own exams, and who came in by the emergency rule."""
        return list((await self._gateway.call(caller, "exams", "GET", "/relations"))["items"])

    async def shared_with_me(self, caller: Caller) -> list[Json]:
        return list((await self._gateway.call(caller, "exams", "GET", "/shares"))["items"])

    async def share(self, caller: Caller, share: dict[str, Any], key: str) -> Json:
        return await self._gateway.call(caller, "exams", "POST", "/shares", body=share, idempotency_key=key)

    async def end_share(self, caller: Caller, relation_id: str) -> None:
        await self._gateway.call(caller, "exams", "DELETE", f"/shares/{relation_id}")

    async def open_emergency(self, caller: Caller, patient_id: str, reason: str, key: str) -> Json:
        body = {"patient_id": patient_id, "reason": reason}
        path = "/emergency-accesses"
        return await self._gateway.call(caller, "exams", "POST", path, body=body, idempotency_key=key)

    async def emergencies(self, caller: Caller, cursor: str | None = None) -> Json:
        params = {"cursor": cursor} if cursor else None
        return await self._gateway.call(caller, "exams", "GET", "/emergency-accesses", params=params)
