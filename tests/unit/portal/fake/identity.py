"""Fake accounts: signing up, finding records, changing contacts."""

from typing import Any

from fastapi import APIRouter, Request

from tests.unit.portal.fake.people import CLINIC_A, CLINIC_B
from tests.unit.portal.fake.state import Json, Refused, World, fresh_id

SENT, SENT_TO_OLD = "777777", "888888"


def _check(code: str, right: str) -> None:
    if code != right:
        wrong = [{"field": "code", "code": "accounts.confirmation_failed", "detail": "Código incorreto."}]
        raise Refused(422, "accounts.confirmation_failed", "Código incorreto.", errors=wrong)


def identity(world: World) -> APIRouter:
    router = APIRouter(prefix="/api/v1/accounts")

    @router.get("/clinics")
    async def clinics() -> Json:
        return {"items": [CLINIC_A, CLINIC_B]}

    @router.post("/sign-ups", status_code=202)
    async def sign_up(body: dict[str, Any]) -> Json:
        if "@" not in body["email"]:
            wrong = [{"field": "email", "code": "accounts.email_invalid", "detail": "E-mail inválido."}]
            raise Refused(422, "invalid", "Há campos a corrigir. Nada foi gravado.", errors=wrong)
        world.asked.append(body)
        return {"sign_up_id": fresh_id()}

    @router.post("/sign-ups/completion", status_code=204)
    async def complete(body: dict[str, Any]) -> None:
        _check(body["code"], SENT)
        world.asked.append(body)

    @router.post("/me/record-link", status_code=202)
    async def ask(request: Request, body: dict[str, Any]) -> Json:
        world.caller(request, "patient")
        if len(body["cpf"]) != 11:
            wrong = [{"field": "cpf", "code": "accounts.cpf_invalid", "detail": "CPF inválido."}]
            raise Refused(422, "accounts.cpf_invalid", "CPF inválido.", errors=wrong)
        return {}

    @router.post("/me/record-link/completion", status_code=204)
    async def link(request: Request, body: dict[str, Any]) -> None:
        world.caller(request, "patient")
        _check(body["code"], SENT)

    @router.post("/me/contact", status_code=202)
    async def contact(request: Request, body: dict[str, Any]) -> Json:
        world.caller(request)
        if not world.is_stepped_up(request):
            raise Refused(403, "accounts.step_up_required", "Confirme que é você.")
        if len(body) != 1:
            wrong = [{"field": "email", "code": "accounts.contact_missing", "detail": "Um de cada vez."}]
            raise Refused(422, "accounts.contact_missing", "Um de cada vez.", errors=wrong)
        world.asked.append(body)
        return {"old_contact_confirms": "email" in body}

    @router.post("/me/contact/completion", status_code=204)
    async def change(request: Request, body: dict[str, Any]) -> None:
        world.caller(request)
        _check(body["code"], SENT)
        _check(body.get("old_code", SENT_TO_OLD), SENT_TO_OLD)
        world.asked.append(body)

    @router.post("/patients/{patient_id}/contact", status_code=202)
    async def desk(request: Request, patient_id: str, body: dict[str, Any]) -> Json:
        world.caller(request, "receptionist", "administrator")
        if body.get("phone"):
            raise Refused(
                403, "accounts.another_clinics_contact", "Só muda na clínica que a cadastrou primeiro."
            )
        world.asked.append(body)
        return {}

    @router.post("/patients/{patient_id}/contact/completion", status_code=204)
    async def desk_change(request: Request, patient_id: str, body: dict[str, Any]) -> None:
        world.caller(request, "receptionist", "administrator")
        _check(body["code"], SENT)

    return router
