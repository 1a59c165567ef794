"""Fake exam-results: the steps of the bench, the release, and what follows it."""

import re
from typing import Any

from fastapi import APIRouter, Request

from tests.unit.portal.fake.exams import exam_of, fill, move, seen
from tests.unit.portal.fake.people import Person
from tests.unit.portal.fake.state import Json, Refused, World, fresh_id, now


def bench(world: World) -> APIRouter:
    router = APIRouter(prefix="/api/v1/exams/{exam_id}")

    @router.post("/collection")
    async def collect(request: Request, exam_id: str, body: dict[str, Any]) -> Json:
        person = world.caller(request, "technician")
        exam = exam_of(world, exam_id, person)
        if len(set(body["patient_identified_by"])) < 2:
            detail = "Identifique o paciente por dois dados diferentes."
            wrong = [{"field": "patient_identified_by", "code": "x", "detail": detail}]
            raise Refused(422, "exam_results.two_factors", detail, errors=wrong)
        exam["specimen"] |= {"barcode": body["barcode"], "collected_at": body["collected_at"]}
        move(world, exam, "collected", person)
        return seen(world, exam, person)

    @router.post("/analysis")
    async def start(request: Request, exam_id: str) -> Json:
        return _moved(world, request, exam_id, "in_analysis", "technician")

    @router.put("/results")
    async def enter(request: Request, exam_id: str, body: dict[str, Any]) -> Json:
        person = world.caller(request, "technician")
        exam = exam_of(world, exam_id, person)
        _check_version(exam, body)
        wrong = [
            {"field": f"values.{index}.value", "code": "x", "detail": "Digite só algarismos."}
            for index, each in enumerate(body["values"])
            if not re.fullmatch(r"\d+([.,]\d+)?", each["value"])
        ]
        if wrong:
            raise Refused(422, "invalid", "Há campos a corrigir. Nada foi gravado.", errors=wrong)
        fill(exam, {each["code"]: each["value"] for each in body["values"]})
        exam |= {"typed_by": person.id, "version": exam["version"] + 1}
        world.exams[exam_id] = exam
        criticals = [row["code"] for row in exam["results"] if row["flag"] in ("LL", "HH")]
        return seen(world, exam, person) | {"criticals": criticals, "warnings": []}

    @router.post("/completion")
    async def complete(request: Request, exam_id: str, body: dict[str, Any]) -> Json:
        person = world.caller(request, "technician")
        exam = exam_of(world, exam_id, person)
        _check_version(exam, body)
        criticals = {row["code"] for row in exam["results"] if row["flag"] in ("LL", "HH")}
        if criticals - set(body.get("criticals_repeated", [])):
            raise Refused(422, "exam_results.criticals_not_repeated", "Há valores críticos.")
        move(world, exam, "completed", person)
        exam["report"] = {"version": 1, "status": "preliminary", "released_at": None, "releaser": None}
        exam["report"] |= {"file_id": None, "opened": False}
        if world.pdf_is_ready:
            add_file(world, exam, "draft_report", "ready")
        return seen(world, exam, person)

    @router.post("/return")
    async def send_back(request: Request, exam_id: str, body: dict[str, str]) -> Json:
        person = world.caller(request, "releaser")
        exam = exam_of(world, exam_id, person)
        if not body["reason"]:
            wrong = [{"field": "reason", "code": "x", "detail": "Informe o motivo."}]
            raise Refused(422, "exam_results.reason_required", "Informe o motivo.", errors=wrong)
        move(world, exam, "in_analysis", person)
        return seen(world, exam, person)

    @router.post("/cancellation")
    async def cancel(request: Request, exam_id: str, body: dict[str, str]) -> Json:
        person = world.caller(request, "doctor", "receptionist", "releaser")
        exam = exam_of(world, exam_id, person)
        exam["state"] = "cancelled"
        return seen(world, exam, person)

    @router.post("/release")
    async def release(request: Request, exam_id: str, body: dict[str, Any]) -> Json:
        person = world.caller(request, "releaser")
        exam = exam_of(world, exam_id, person)
        _check_version(exam, body)
        if not world.is_stepped_up(request):
            raise Refused(403, "exam_results.step_up_required", "Confirme sua identidade.")
        move(world, exam, "released", person)
        releaser = {"id": person.id, "name": person.name, "council": "CRBM", "number": "90002", "uf": "SP"}
        exam["report"] = {"version": 1, "status": "final", "released_at": now(), "releaser": releaser}
        exam["report"] |= {"file_id": None, "opened": False}
        exam["released_at"] = now()
        if world.pdf_is_ready:
            open_report(world, exam)
        return seen(world, exam, person)

    return router


def open_report(world: World, exam: Json) -> None:
    """Signed, opened, and the patient told."""
    exam["report"] |= {"file_id": add_file(world, exam, "signed_report", "opened"), "opened": True}
    exam["report_version"] = 1
    notice = {"id": fresh_id(), "exam_id": exam["id"], "person_id": exam["person_id"], "template": "ready"}
    notice |= {"channel": "email", "state": "sent", "address_masked": "a***@teste.test"}
    world.notices.append(notice | {"created_at": now(), "sent_at": now()})


def add_file(world: World, exam: Json, kind: str, status: str) -> str:
    file = {"id": fresh_id(), "exam_id": exam["id"], "kind": kind, "report_version": 1, "status": status}
    file |= {
        "exam_version": exam["version"],
        "file_name": "laudo.pdf",
        "size_bytes": 100,
        "sha256": "0" * 64,
        "created_at": now(),
    }
    world.files[str(file["id"])] = file | {"replaced": False}
    return str(file["id"])


def _moved(world: World, request: Request, exam_id: str, state: str, *roles: str) -> Json:
    person: Person = world.caller(request, *roles)
    exam = exam_of(world, exam_id, person)
    move(world, exam, state, person)
    return seen(world, exam, person)


def _check_version(exam: Json, body: Json) -> None:
    if body["version"] != exam["version"]:
        detail = "Outra pessoa alterou este exame depois que você o abriu."
        raise Refused(409, "exam_results.version_conflict", detail)
