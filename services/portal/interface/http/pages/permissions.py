"""Who can see a patient's exams: lists, new accesses, and taking one back with a question in between."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.application.ports import Json
from services.portal.application.problems import ApiProblem
from services.portal.interface.http.formats import ZONE
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import checked_form, visitors
from services.shared.kernel.principal import Role

router = APIRouter()
Patient = Annotated[Visit, visitors(Role.PATIENT)]
Typed = Annotated[Form, checked_form()]
Kind = Literal["pessoas", "medicos"]
_PERSON = ("label", "cpf", "birth_date", "scope", "until")
_DOCTOR = ("council", "number", "uf", "until", "what")


@router.get("/permissoes")
async def list_accesses(visit: Patient) -> Response:
    proxies = await visit.portal.relations.proxies(visit.caller)
    let_in = await visit.portal.relations.let_in(visit.caller)
    now = visit.portal.clock.now()
    return visit.page(
        "permissions.html",
        given=[each for each in proxies["given"] if _lasts(each, now)],
        held=proxies["held"],
        shares=[each for each in let_in if each["kind"] == "shared" and _lasts(each, now)],
        emergencies=[each for each in let_in if each["kind"] == "emergency"],
    )


@router.get("/permissoes/pessoas")
async def show_grant(visit: Patient) -> Response:
    return visit.page("permission_person.html", typed={}, errors={}, problem=None)


@router.post("/permissoes/pessoas")
async def grant(visit: Patient, form: Typed) -> Response:
    typed = {name: form.get(name) for name in _PERSON}
    given: dict[str, Any] = {**typed, "until": _end_of(typed["until"])}
    try:
        await visit.portal.relations.grant(visit.caller, given, form.key)
    except ApiProblem as problem:
        return _again(visit, "permission_person.html", problem, typed)
    return visit.go("/permissoes", notice="access_granted")


@router.get("/permissoes/medicos")
async def show_share(visit: Patient, exame: UUID | None = None) -> Response:
    return await _share_page(visit, {"what": f"exam:{exame}" if exame else ""})


@router.post("/permissoes/medicos")
async def share(visit: Patient, form: Typed) -> Response:
    typed = {name: form.get(name) for name in _DOCTOR}
    kind, _, what = typed["what"].partition(":")
    given: dict[str, Any] = {name: typed[name] for name in ("council", "number", "uf")}
    given["until"] = _end_of(typed["until"])
    given["exam_id" if kind == "exam" else "clinic_id"] = what
    try:
        await visit.portal.relations.share(visit.caller, given, form.key)
    except ApiProblem as problem:
        if not problem.concerns_input:
            raise
        return await _share_page(visit, typed, problem)
    return visit.go("/permissoes", notice="access_shared")


@router.get("/permissoes/{kind}/{access_id:uuid}/fim")
async def ask_to_end(visit: Patient, kind: Kind, access_id: UUID) -> Response:
    return visit.page("permission_end.html", action=f"/permissoes/{kind}/{access_id}/fim")


@router.post("/permissoes/{kind}/{access_id:uuid}/fim")
async def end(visit: Patient, kind: Kind, access_id: UUID, _: Typed) -> Response:
    if kind == "pessoas":
        await visit.portal.relations.end_proxy(visit.caller, str(access_id))
    else:
        await visit.portal.relations.end_share(visit.caller, str(access_id))
    return visit.go("/permissoes", notice="access_ended")


async def _share_page(visit: Visit, typed: dict[str, str], problem: ApiProblem | None = None) -> Response:
    me = await visit.portal.accounts.me(visit.caller)
    exam: Json | None = None
    kind, _, what = typed["what"].partition(":")
    if kind == "exam":
        exam = await visit.portal.exams.exam(visit.caller, what)
    return visit.page(
        "permission_doctor.html",
        status=problem.status if problem else 200,
        exam=exam,
        clinics=[record["clinic"] for record in me["patient_records"]],
        typed=typed,
        errors=problem.by_field() if problem else {},
        problem=problem,
    )


def _again(visit: Visit, template: str, problem: ApiProblem, typed: dict[str, str]) -> Response:
    if not problem.concerns_input and problem.status != 403:
        raise problem
    return visit.page(
        template, status=problem.status, typed=typed, errors=problem.by_field(), problem=problem
    )


def _lasts(access: Json, now: datetime) -> bool:
    if access["ended_at"] is not None:
        return False
    return access["until"] is None or datetime.fromisoformat(access["until"]) > now


def _end_of(day: str) -> str:
    """Return the end of that day by the clinics' clock; what is no date is left for the service to refuse."""
    try:
        last = date.fromisoformat(day)
    except ValueError:
        return day
    return datetime.combine(last + timedelta(days=1), time(), ZONE).isoformat()
