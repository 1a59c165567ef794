"""Registering an exam from the catalogue, and the page that confirms it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.application.problems import ApiProblem
from services.portal.interface.http.formats import from_local_input
from services.portal.interface.http.texts import text
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import checked_form, visitors
from services.shared.kernel.principal import Role

router = APIRouter()
Desk = Annotated[Visit, visitors(Role.DOCTOR, Role.RECEPTIONIST)]
_FIELDS = ("code", "requester_id", "priority", "scheduled_at", "clinical_note")


@router.get("/pacientes/{patient_id:uuid}/exames/novo")
async def show_order(visit: Desk, patient_id: UUID) -> Response:
    return await _form(visit, str(patient_id), {"priority": "routine"}, 200)


@router.post("/pacientes/{patient_id:uuid}/exames/novo")
async def order(visit: Desk, patient_id: UUID, form: Annotated[Form, checked_form()]) -> Response:
    typed = {name: form.get(name) for name in _FIELDS}
    missing = _missing(visit, typed)
    if missing:
        return await _form(visit, str(patient_id), typed, 422, errors=missing)
    try:
        made = await visit.portal.exams.register(visit.caller, _order(str(patient_id), typed), form.key)
    except ApiProblem as problem:
        if not problem.concerns_input:
            raise
        return await _form(
            visit, str(patient_id), typed, problem.status, problem=problem, errors=problem.by_field()
        )
    return visit.go(f"/exames/{made['id']}/registrado")


@router.get("/exames/{exam_id:uuid}/registrado")
async def confirm(visit: Desk, exam_id: UUID) -> Response:
    exam = await visit.portal.exams.exam(visit.caller, str(exam_id))
    return visit.page("order_done.html", exam=exam)


async def _form(
    visit: Visit,
    patient_id: str,
    typed: dict[str, str],
    status: int,
    *,
    problem: ApiProblem | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    patient = await visit.portal.accounts.patient(visit.caller, patient_id)
    needs_requester = not visit.has(Role.DOCTOR)
    doctors = (await visit.portal.accounts.doctors(visit.caller))["items"] if needs_requester else []
    return visit.page(
        "order_new.html",
        status=status,
        patient=patient,
        catalogue=await visit.portal.exams.catalogue(visit.caller),
        doctors=doctors,
        needs_requester=needs_requester,
        typed=typed,
        problem=problem,
        errors=errors or {},
    )


def _missing(visit: Visit, typed: dict[str, str]) -> dict[str, str]:
    errors = {}
    if not typed["code"]:
        errors["code"] = text(visit.locale, "order.choose_exam")
    if not visit.has(Role.DOCTOR) and not typed["requester_id"]:
        errors["requester_id"] = text(visit.locale, "order.choose_requester")
    if typed["scheduled_at"] and from_local_input(typed["scheduled_at"]) is None:
        errors["scheduled_at"] = text(visit.locale, "form.bad_moment")
    return errors


def _order(patient_id: str, typed: dict[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = {name: value for name, value in typed.items() if value}
    if "scheduled_at" in given:
        given["scheduled_at"] = from_local_input(given["scheduled_at"])
    return {"patient_id": patient_id, **given, "priority": given.get("priority", "routine")}
