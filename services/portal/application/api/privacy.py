"""The calls about a person's rights over the own data; each returns accounts' JSON as it came."""

from services.portal.application.ports import ApiGateway, Caller, Json


class PrivacyApi:
    def __init__(self, gateway: ApiGateway) -> None:
        self._gateway = gateway

    async def own_records(self, caller: Caller) -> Json:
        """Return the caller's account and records, whole and unmasked."""
        return await self._gateway.call(caller, "accounts", "GET", "/me/records")

    async def erasure(self, caller: Caller) -> Json:
        return await self._gateway.call(caller, "accounts", "GET", "/me/erasure")

    async def ask_erasure(self, caller: Caller) -> Json:
        return await self._gateway.call(caller, "accounts", "PUT", "/me/erasure")

    async def withdraw_erasure(self, caller: Caller) -> None:
        await self._gateway.call(caller, "accounts", "DELETE", "/me/erasure")

    async def receipt(self, caller: Caller, code: str) -> Json:
        return await self._gateway.call(
            caller, "accounts", "POST", "/erasures/receipt", body={"code": code[:40]}
        )

    async def waiting(self, caller: Caller, cursor: str = "") -> Json:
        params = {"limit": "20"} | ({"cursor": cursor} if cursor else {})
        return await self._gateway.call(caller, "accounts", "GET", "/erasures", params=params)

    async def decide(self, caller: Caller, erasure_id: str, reason: str, keep_until: str | None) -> None:
        body = {"reason": reason, "keep_until": keep_until}
        await self._gateway.call(caller, "accounts", "PUT", f"/erasures/{erasure_id}/decision", body=body)

    async def corrections(self, caller: Caller) -> list[Json]:
        return list((await self._gateway.call(caller, "accounts", "GET", "/me/corrections"))["items"])

    async def propose_correction(self, caller: Caller, proposal: Json, key: str) -> None:
        path = "/me/corrections"
        await self._gateway.call(caller, "accounts", "POST", path, body=proposal, idempotency_key=key)

    async def open_corrections(self, caller: Caller, cursor: str = "") -> Json:
        params = {"limit": "20"} | ({"cursor": cursor} if cursor else {})
        return await self._gateway.call(caller, "accounts", "GET", "/corrections", params=params)

    async def answer_correction(
        self, caller: Caller, correction_id: str, *, accept: bool, answer: str
    ) -> None:
        body = {"accept": accept, "answer": answer}
        path = f"/corrections/{correction_id}/decision"
        await self._gateway.call(caller, "accounts", "PUT", path, body=body)
