"""Fake accounts."""

from typing import Any

from fastapi import APIRouter, Request, Response

from tests.unit.portal.fake.people import CLINIC_A
from tests.unit.portal.fake.state import Json, Refused, World, fresh_id


def accounts(world: World) -> APIRouter:
    router = APIRouter(prefix="/api/v1/accounts")

    @router.post("/sessions/refresh")
    async def refresh(body: dict[str, str]) -> Json:
        world.refreshes += 1
        login = world.refresh_tokens.pop(body["refresh_token"], None)
        if login is None:
            raise Refused(401, "accounts.session_ended", "Sua sessão terminou. Entre de novo.")
        return world.grant(world.people[login])

    @router.delete("/sessions/current")
    async def sign_out(request: Request) -> Response:
        world.caller(request)
        del world.tokens[request.headers["authorization"].removeprefix("Bearer ")]
        return Response(status_code=204)

    @router.get("/me")
    async def me(request: Request) -> Json:
        person = world.caller(request)
        records = [record for record in world.records.values() if record["person_id"] == person.id]
        return person.account() | {
            "patient_records": [{"clinic": CLINIC_A, "patient_id": record["id"]} for record in records]
        }

    @router.put("/me/locale")
    async def speak(request: Request, body: dict[str, str]) -> Json:
        world.caller(request).locale = body["locale"]
        return body

    @router.get("/patients")
    async def find(request: Request, q: str = "") -> Json:
        world.caller(request, "doctor", "receptionist")
        found = [one for one in world.records.values() if q.lower() in one["name"].lower()]
        return {"items": found, "next_cursor": None}

    @router.post("/patients", status_code=201)
    async def register(request: Request, body: dict[str, Any]) -> Json:
        world.caller(request, "doctor", "receptionist")
        if (answer := world.repeated(request)) is not None:
            return answer
        if body.get("cpf") == "11111111111":
            wrong = [{"field": "cpf", "code": "accounts.cpf_invalid", "detail": "CPF inválido."}]
            raise Refused(422, "invalid", "Há campos a corrigir. Nada foi gravado.", errors=wrong)
        if body.get("cpf") == "52998224725":
            existing = next(iter(world.records))
            raise Refused(409, "accounts.patient_exists", "Já existe um paciente.", existing_id=existing)
        alike = [one for one in world.records.values() if one["name"] == body["name"]]
        if alike and not body.get("somebody_else"):
            detail = "Já existe um paciente com este nome."
            raise Refused(409, "accounts.possible_duplicate", detail, existing_id=alike[0]["id"])
        first = next(iter(world.records.values()))
        record = first | body | {"id": fresh_id(), "person_id": fresh_id(), "record_number": "A-000200"}
        world.records[record["id"]] = record
        made = {name: record[name] for name in ("id", "person_id", "record_number")}
        return world.once(request, made | {"duplicate": False})

    @router.get("/patients/{patient_id}")
    async def patient(request: Request, patient_id: str) -> Json:
        person = world.caller(request, "doctor", "receptionist")
        record = world.records.get(patient_id)
        if record is None or person.clinic is None or record["clinic_id"] != person.clinic["id"]:
            raise Refused(404, "not_found", "Não encontramos o que você procura.")
        return record

    @router.get("/doctors")
    async def doctors(request: Request) -> Json:
        world.caller(request, "doctor", "receptionist")
        registration = {"council": "CRM", "council_number": "900001", "council_uf": "SP"}
        found = [one for one in world.people.values() if "doctor" in one.roles]
        return {
            "items": [{"id": one.id, "name": one.name} | registration for one in found],
            "next_cursor": None,
        }

    @router.post("/first-access", status_code=202)
    async def ask_code(body: dict[str, str]) -> Json:
        world.first_codes[body["login"]] = "777777"
        return {}

    @router.post("/first-access/completion", status_code=204)
    async def complete(body: dict[str, str]) -> None:
        if world.first_codes.get(body["login"]) != body["code"]:
            raise Refused(422, "accounts.first_access_failed", "Código incorreto ou vencido.")
        if len(body["password"]) < 8:
            wrong = [{"field": "password", "code": "accounts.password_length", "detail": "Senha curta."}]
            raise Refused(422, "accounts.password_length", "Senha curta.", errors=wrong)

    return router
