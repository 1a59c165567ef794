"""Fake shares, emergency accesses and proxies: thin, in the contract's shapes."""

from typing import Any

from fastapi import APIRouter, Request, Response

from tests.unit.portal.fake.state import Json, Refused, World, fresh_id, now

FAR = "2999-01-01T00:00:00+00:00"
REASON_TOO_SHORT = "Descreva o motivo da emergência com 20 a 500 caracteres."


def relations(world: World) -> APIRouter:
    """To be included before the routes of one exam."""
    router = APIRouter(prefix="/api/v1/exams")

    @router.get("/relations")
    async def own(request: Request) -> Json:
        person = world.caller(request, "patient")
        return {"items": [each for each in world.relations if each["person_id"] == person.id]}

    @router.get("/shares")
    async def shared(request: Request) -> Json:
        doctor = world.caller(request, "doctor")
        found = [each for each in world.relations if each["reader"]["id"] == doctor.id]
        return {"items": [each for each in found if each["kind"] == "shared" and not each["ended_at"]]}

    @router.post("/shares", status_code=201)
    async def share(request: Request, body: dict[str, Any]) -> Json:
        person = world.caller(request, "patient")
        doctors = [one for one in world.people.values() if "doctor" in one.roles]
        if body["number"] != "12345":
            wrong = [
                {"field": "number", "code": "x", "detail": "Não encontramos um médico com este registro."}
            ]
            raise Refused(422, "exam_results.doctor_not_found", "Confira o registro.", errors=wrong)
        return world.once(request, _add(world, "shared", person, doctors[0], body))

    @router.delete("/shares/{relation_id}", status_code=204)
    async def end(request: Request, relation_id: str) -> Response:
        world.caller(request, "patient")
        for each in world.relations:
            if each["id"] == relation_id:
                each["ended_at"] = now()
        return Response(status_code=204)

    @router.post("/emergency-accesses", status_code=201)
    async def take(request: Request, body: dict[str, Any]) -> Json:
        doctor = world.caller(request, "doctor")
        if not world.is_stepped_up(request):
            raise Refused(403, "exam_results.emergency_step_up", "Confirme sua identidade.")
        if len(body["reason"]) < 20:
            wrong = [{"field": "reason", "code": "x", "detail": REASON_TOO_SHORT}]
            raise Refused(422, "exam_results.emergency_reason", REASON_TOO_SHORT, errors=wrong)
        record = world.records[body["patient_id"]]
        patient = next(one for one in world.people.values() if one.id == record["person_id"])
        made = _add(world, "emergency", patient, doctor, {"reason": body["reason"]})
        return {**made, "patient_id": body["patient_id"]}

    @router.get("/emergency-accesses")
    async def emergencies(request: Request) -> Json:
        world.caller(request, "auditor")
        found = [each for each in world.relations if each["kind"] == "emergency"]
        return {"items": found, "next_cursor": None}

    return router


def _add(world: World, kind: str, person: Any, reader: Any, body: Json) -> Json:
    exam = world.exams.get(body.get("exam_id", ""))
    made = {
        "id": fresh_id(),
        "kind": kind,
        "clinic": {"id": body.get("clinic_id"), "name": "Clínica Teste"},
        "person_id": person.id,
        "patient": {"id": None, "name": person.name, "record_number": "000001"},
        "exam": {"id": exam["id"], "protocol": exam["protocol"]} if exam else None,
        "reader": {"id": reader.id, "name": reader.name},
        "by_patient": kind == "shared",
        "reason": body.get("reason"),
        "starts_at": now(),
        "until": body.get("until") or FAR,
        "ended_at": None,
    }
    world.relations.append(made)
    return made


def proxies(world: World) -> APIRouter:
    router = APIRouter(prefix="/api/v1/accounts")

    @router.get("/me/proxies")
    async def own(request: Request) -> Json:
        person = world.caller(request, "patient")
        given = [each for each in world.proxies if each["person_id"] == person.id]
        held = [each for each in world.proxies if each["reader_id"] == person.id and not each["ended_at"]]
        return {"given": given, "held": held}

    @router.post("/me/proxies", status_code=201)
    async def grant(request: Request, body: dict[str, Any]) -> Json:
        person = world.caller(request, "patient")
        if len(body["label"]) < 2:
            wrong = [{"field": "label", "code": "x", "detail": "Escreva como você chama esta pessoa."}]
            raise Refused(422, "accounts.proxy_label", "Confira.", errors=wrong)
        made = {
            "id": fresh_id(),
            "kind": "granted",
            "label": body["label"],
            "scope": body["scope"],
            "person_id": person.id,
            "name": person.name,
            "reader_id": None,
            "starts_at": now(),
            "until": body["until"],
            "ended_at": None,
        }
        world.proxies.append(made)
        return world.once(request, {"id": made["id"], "until": made["until"]})

    @router.delete("/me/proxies/{proxy_id}", status_code=204)
    async def end(request: Request, proxy_id: str) -> Response:
        world.caller(request, "patient")
        for each in world.proxies:
            if each["id"] == proxy_id:
                each["ended_at"] = now()
        return Response(status_code=204)

    @router.post("/patients/lookup")
    async def look_up(request: Request, body: dict[str, Any]) -> Json:
        world.caller(request, "doctor")
        for record in world.records.values():
            if record["record_number"] == body.get("record_number"):
                return {name: record[name] for name in ("id", "name", "birth_date", "record_number")}
        raise Refused(404, "not_found", "Não encontramos o que você procura.")

    return router
