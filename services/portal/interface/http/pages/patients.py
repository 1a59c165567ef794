"""Finding, registering and opening a patient's record. Names and CPF travel in bodies, never in addresses."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.application.ports import Json
from services.portal.application.problems import ApiProblem
from services.portal.interface.http.come_back import search_key_of
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import checked_form, visitors
from services.shared.kernel.principal import Role

router = APIRouter()
Desk = Annotated[Visit, visitors(Role.DOCTOR, Role.RECEPTIONIST)]
_FIELDS = (
    "name",
    "social_name",
    "birth_date",
    "sex",
    "mother_name",
    "cpf",
    "cns",
    "email",
    "phone",
    "locale",
)
_DIGITS_ONLY = ("cpf", "cns")


@router.get("/pacientes")
async def search_page(visit: Desk, f: str = "", cursor: str = "") -> Response:
    asked = await visit.portal.searches.recall(visit.visitor_id, "patients", f) or {"q": ""}
    return await _found(visit, "patients.html", asked["q"], f, cursor)


@router.post("/pacientes")
async def search(visit: Desk, form: Annotated[Form, checked_form()]) -> Response:
    """Remember what was asked for and show it: as a part of the page while typing, as a page on Enter."""
    q = form.get("q")
    earlier = search_key_of(visit.request)
    key = await visit.portal.searches.keep(visit.visitor_id, "patients", {"q": q}, earlier)
    if not visit.is_htmx:
        return visit.go(f"/pacientes?f={key}")
    part = await _found(visit, "patients_found.html", q, key)
    part.headers["HX-Replace-Url"] = f"/pacientes?f={key}"
    return part


@router.get("/pacientes/novo")
async def show_registration(visit: Desk) -> Response:
    return visit.page("patient_new.html", typed={}, errors={}, problem=None)


@router.post("/pacientes/novo")
async def register(visit: Desk, form: Annotated[Form, checked_form()]) -> Response:
    typed = {name: form.get(name) for name in _FIELDS}
    try:
        asked = _patient(typed) | ({"somebody_else": True} if form.get("somebody_else") else {})
        made = await visit.portal.accounts.register_patient(visit.caller, asked, form.key)
    except ApiProblem as problem:
        if not problem.concerns_input:
            raise
        return visit.page(
            "patient_new.html", status=problem.status, typed=typed, errors=problem.by_field(), problem=problem
        )
    return visit.go(f"/pacientes/{made['id']}", notice="patient_registered")


@router.get("/pacientes/{patient_id:uuid}")
async def open_patient(visit: Desk, patient_id: UUID) -> Response:
    return await _record(visit, patient_id)


async def _record(
    visit: Visit, patient_id: UUID, *, guardian_unknown: bool = False, problem: ApiProblem | None = None
) -> Response:
    """A merged record leads to the one that stands for it; that one shows the exams of both."""
    patient = await visit.portal.accounts.patient(visit.caller, str(patient_id))
    if patient.get("merged_into"):
        return visit.go(f"/pacientes/{patient['merged_into']}")
    exams = []
    for record_id in (str(patient_id), *patient.get("merged_records", ())):
        found = await visit.portal.exams.find(visit.caller, {"patient_id": record_id})
        exams += found["items"]
    exams.sort(key=lambda exam: str(exam["created_at"]), reverse=True)
    return visit.page(
        "patient.html",
        status=422 if guardian_unknown else problem.status if problem else 200,
        patient=patient,
        exams=exams,
        guardian_unknown=guardian_unknown,
        problem=problem,
    )


@router.post("/pacientes/{patient_id:uuid}/responsavel")
async def record_guardian(
    visit: Annotated[Visit, visitors(Role.RECEPTIONIST)],
    patient_id: UUID,
    form: Annotated[Form, checked_form()],
) -> Response:
    """The guardian is another patient of the clinic, named by the whole record number."""
    number = form.get("record_number")
    found = await visit.portal.accounts.find_patients(visit.caller, number) if number else {"items": []}
    exact = [each for each in found["items"] if each["record_number"] == number.zfill(6)]
    if len(exact) != 1:
        return await _record(visit, patient_id, guardian_unknown=True)
    try:
        await visit.portal.relations.record_guardian(
            visit.caller, str(patient_id), str(exact[0]["id"]), form.get("proof"), form.key
        )
    except ApiProblem as problem:
        if not problem.concerns_input:
            raise
        return await _record(visit, patient_id, problem=problem)
    return visit.go(f"/pacientes/{patient_id}", notice="guardian_recorded")


@router.post("/pacientes/{patient_id:uuid}/desconexao")
async def end_sessions(
    visit: Annotated[Visit, visitors(Role.RECEPTIONIST)],
    patient_id: UUID,
    form: Annotated[Form, checked_form()],
) -> Response:
    """For a patient who lost a device, and asks for it."""
    await visit.portal.accounts.end_patients_sessions(visit.caller, str(patient_id))
    return visit.go(f"/pacientes/{patient_id}", notice="persons_sessions_ended")


@router.post("/pacientes/{patient_id:uuid}/identificacao")
async def reset_factors(
    visit: Annotated[Visit, visitors(Role.RECEPTIONIST)],
    patient_id: UUID,
    form: Annotated[Form, checked_form()],
) -> Response:
    """For a patient who lost the authenticator and the recovery codes and was identified anew."""
    try:
        await visit.portal.accounts.reset_patients_factors(visit.caller, str(patient_id), form.get("how"))
    except ApiProblem as problem:
        if problem.is_kind("step_up_required") or (not problem.concerns_input and problem.status != 403):
            raise
        return await _record(visit, patient_id, problem=problem)
    return visit.go(f"/pacientes/{patient_id}", notice="factors_reset")


async def _found(visit: Visit, template: str, q: str, key: str, cursor: str = "") -> Response:
    found: Json = {"items": [], "next_cursor": None}
    if q:
        found = await visit.portal.accounts.find_patients(visit.caller, q, cursor or None)
    return visit.page(template, q=q, key=key, found=found["items"], next_cursor=found["next_cursor"])


def _patient(typed: dict[str, str]) -> dict[str, Any]:
    given = {name: value for name, value in typed.items() if value}
    for name in _DIGITS_ONLY:
        if name in given:
            given[name] = "".join(letter for letter in given[name] if letter not in " .-/")
    return given
