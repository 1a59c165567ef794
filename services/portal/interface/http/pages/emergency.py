"""Emergency access: one patient, a reason, a second factor, an hour; and the auditor's list."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.application.problems import ApiProblem
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import checked_form, visitors
from services.shared.kernel.principal import Role

router = APIRouter()
Doctor = Annotated[Visit, visitors(Role.DOCTOR)]
_FIELDS = ("record_number", "cpf", "birth_date", "reason")


@router.get("/emergencia")
async def show_form(visit: Doctor) -> Response:
    """The second factor comes first, so that nothing typed here has to wait for it."""
    if not _is_stepped_up(visit):
        return visit.go("/confirmar?next=/emergencia")
    return _form(visit, {})


@router.post("/emergencia")
async def open_access(visit: Doctor, form: Annotated[Form, checked_form()]) -> Response:
    """Find the one patient and take the access. What was typed is in no address."""
    typed = {name: form.get(name) for name in _FIELDS}
    try:
        patient = await visit.portal.relations.look_up_patient(visit.caller, _identifiers(typed))
        made = await visit.portal.relations.open_emergency(
            visit.caller, patient["id"], typed["reason"], form.key
        )
    except ApiProblem as problem:
        if problem.status in (401, 503):
            raise
        return _form(visit, typed, problem)
    return visit.go(f"/emergencia/{made['patient_id']}", notice="emergency_open")


@router.get("/emergencia/{patient_id:uuid}")
async def list_exams(visit: Doctor, patient_id: UUID, cursor: str = "") -> Response:
    filters = {"patient_id": str(patient_id), "way": "emergency"}
    found = await visit.portal.exams.find(visit.caller, filters, cursor or None)
    return visit.page(
        "emergency_exams.html",
        exams=found["items"],
        next_cursor=found["next_cursor"],
        patient_id=str(patient_id),
    )


@router.get("/emergencias")
async def list_accesses(visit: Annotated[Visit, visitors(Role.AUDITOR)], cursor: str = "") -> Response:
    found = await visit.portal.relations.emergencies(visit.caller, cursor or None)
    return visit.page("emergencies.html", accesses=found["items"], next_cursor=found["next_cursor"])


def _form(visit: Visit, typed: dict[str, str], problem: ApiProblem | None = None) -> Response:
    status = 200 if problem is None else 422 if problem.status == 404 else problem.status
    return visit.page(
        "emergency.html",
        status=status,
        typed=typed,
        errors=problem.by_field() if problem else {},
        problem=problem,
        nobody=problem is not None and problem.status == 404,
        must_confirm=not _is_stepped_up(visit),
    )


def _is_stepped_up(visit: Visit) -> bool:
    return visit.portal.sessions.stepped_up_token(visit.signed_in) is not None


def _identifiers(typed: dict[str, str]) -> dict[str, Any]:
    if typed["record_number"]:
        return {"record_number": typed["record_number"]}
    return {"cpf": typed["cpf"], "birth_date": typed["birth_date"]}
