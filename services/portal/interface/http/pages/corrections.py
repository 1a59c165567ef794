"""A patient says what is wrong on the record (LGPD, art. 18, III); somebody of the clinic looks and answers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.application.problems import ApiProblem
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import checked_form, visitors
from services.shared.kernel.principal import Role

router = APIRouter()
Patient = Annotated[Visit, visitors(Role.PATIENT)]
Desk = Annotated[Visit, visitors(Role.RECEPTIONIST, Role.ADMINISTRATOR)]
Typed = Annotated[Form, checked_form()]
FIELDS = ("name", "social_name", "birth_date", "sex", "mother_name")
SEXES = ("F", "M", "other", "unknown")
_HERE = "/privacidade/corrigir"


@router.get(_HERE)
async def show(visit: Patient) -> Response:
    """What stands on the record is shown whole, so the confirmation comes first."""
    if visit.portal.sessions.stepped_up_token(visit.signed_in) is None:
        return visit.go(f"/confirmar?next={_HERE}")
    return await _own_page(visit, {})


@router.post(_HERE)
async def propose(visit: Patient, form: Typed) -> Response:
    typed = {name: form.get(name) for name in ("what", "value", "sex", "reason")}
    patient_id, _, field = typed["what"].partition(":")
    proposal = {
        "patient_id": patient_id,
        "field": field,
        "value": typed["sex"] if field == "sex" else _plain(field, typed["value"]),
        "reason": typed["reason"],
    }
    try:
        await visit.portal.privacy.propose_correction(visit.caller, proposal, form.key)
    except ApiProblem as problem:
        if not problem.concerns_input:
            raise
        return await _own_page(visit, typed, problem)
    return visit.go(_HERE, notice="correction_proposed")


@router.get("/correcoes")
async def to_answer(visit: Desk, cursor: str = "") -> Response:
    return await _desk_page(visit, cursor)


@router.post("/correcoes/{correction_id:uuid}/resposta")
async def answer(visit: Desk, correction_id: UUID, form: Typed) -> Response:
    accept = form.get("decision") == "accept"
    try:
        await visit.portal.privacy.answer_correction(
            visit.caller, str(correction_id), accept=accept, answer=form.get("answer")
        )
    except ApiProblem as problem:
        if not problem.concerns_input:
            raise
        return await _desk_page(visit, problem=problem)
    return visit.go("/correcoes", notice="correction_accepted" if accept else "correction_refused")


def _plain(field: str, typed: str) -> str:
    """A day as people write it here, `17/02/1988`, becomes the one that services understand."""
    parts = typed.split("/")
    if field == "birth_date" and len(parts) == len(("day", "month", "year")):
        day, month, year = parts
        return f"{year}-{month:0>2}-{day:0>2}"
    return typed


async def _own_page(visit: Visit, typed: dict[str, str], problem: ApiProblem | None = None) -> Response:
    own = await visit.portal.privacy.own_records(visit.caller)
    return visit.page(
        "corrections_own.html",
        status=problem.status if problem else 200,
        records=own["records"],
        fields=FIELDS,
        sexes=SEXES,
        asked=await visit.portal.privacy.corrections(visit.caller),
        typed=typed,
        errors=problem.by_field() if problem else {},
        problem=problem,
    )


async def _desk_page(visit: Visit, cursor: str = "", problem: ApiProblem | None = None) -> Response:
    found = await visit.portal.privacy.open_corrections(visit.caller, cursor)
    return visit.page(
        "corrections.html",
        status=problem.status if problem else 200,
        corrections=found["items"],
        next_cursor=found["next_cursor"],
        problem=problem,
    )
