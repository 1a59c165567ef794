"""The calls by which people sign up, find their records and change a contact; each returns accounts' JSON."""

from typing import Any

from services.portal.application.ports import ApiGateway, Caller, Json


class IdentityApi:
    def __init__(self, gateway: ApiGateway) -> None:
        self._gateway = gateway

    async def clinics(self, caller: Caller) -> list[Json]:
        listed: Any = await self._gateway.call(caller, "accounts", "GET", "/clinics")
        clinics: list[Json] = listed["items"]
        return clinics

    async def sign_up(self, caller: Caller, asked: Json) -> str:
        made = await self._gateway.call(caller, "accounts", "POST", "/sign-ups", body=asked)
        return str(made["sign_up_id"])

    async def complete_sign_up(self, caller: Caller, completion: Json) -> None:
        await self._gateway.call(caller, "accounts", "POST", "/sign-ups/completion", body=completion)

    async def ask_for_records(self, caller: Caller, cpf: str) -> None:
        await self._gateway.call(caller, "accounts", "POST", "/me/record-link", body={"cpf": cpf})

    async def link_records(self, caller: Caller, code: str) -> None:
        path = "/me/record-link/completion"
        await self._gateway.call(caller, "accounts", "POST", path, body={"code": code})

    async def ask_contact_change(self, caller: Caller, contact: Json) -> bool:
        asked = await self._gateway.call(caller, "accounts", "POST", "/me/contact", body=contact)
        return bool(asked["old_contact_confirms"])

    async def change_contact(self, caller: Caller, codes: Json) -> None:
        await self._gateway.call(caller, "accounts", "POST", "/me/contact/completion", body=codes)

    async def ask_patient_contact(self, caller: Caller, patient_id: str, contact: Json) -> None:
        await self._gateway.call(caller, "accounts", "POST", f"/patients/{patient_id}/contact", body=contact)

    async def change_patient_contact(self, caller: Caller, patient_id: str, code: str) -> None:
        path = f"/patients/{patient_id}/contact/completion"
        await self._gateway.call(caller, "accounts", "POST", path, body={"code": code})
