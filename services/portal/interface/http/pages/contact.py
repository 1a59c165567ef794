"""Changing where one is reached: by oneself with both contacts, or at the desk when the old one is lost."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.application.problems import ApiProblem
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import checked_form, visitors
from services.shared.kernel.principal import Role

router = APIRouter()
_SLOT = "contact"
_KEPT_S = 900
Person = Annotated[Visit, visitors()]
Desk = Annotated[Visit, visitors(Role.RECEPTIONIST)]
Typed = Annotated[Form, checked_form()]


@router.get("/conta/contato")
async def show_change(visit: Person) -> Response:
    return _form(visit, {})


@router.post("/conta/contato")
async def ask_change(visit: Person, form: Typed) -> Response:
    typed = {name: form.get(name) for name in ("email", "phone")}
    try:
        both = await visit.portal.identity.ask_contact_change(visit.caller, _given(typed))
    except ApiProblem as problem:
        if not problem.concerns_input:
            raise
        return _form(visit, typed, problem)
    await visit.portal.store.put(visit.visitor_id, _SLOT, {"both": both}, _KEPT_S)
    return visit.go("/conta/contato/codigo")


@router.get("/conta/contato/codigo")
async def show_codes(visit: Person) -> Response:
    asked = await visit.portal.store.get(visit.visitor_id, _SLOT)
    if asked is None:
        return visit.go("/conta/contato")
    return visit.page("contact_code.html", both=asked["both"], problem=None, errors={})


@router.post("/conta/contato/codigo")
async def change(visit: Person, form: Typed) -> Response:
    asked = await visit.portal.store.get(visit.visitor_id, _SLOT)
    if asked is None:
        return visit.go("/conta/contato")
    codes = {"code": _code(form, "code")} | ({"old_code": _code(form, "old_code")} if asked["both"] else {})
    try:
        await visit.portal.identity.change_contact(visit.caller, codes)
    except ApiProblem as problem:
        if not problem.concerns_input:
            raise
        return visit.page(
            "contact_code.html",
            status=problem.status,
            both=asked["both"],
            problem=problem,
            errors=problem.by_field(),
        )
    await visit.portal.store.delete(visit.visitor_id, _SLOT)
    return visit.go("/conta", notice="contact_changed")


@router.get("/pacientes/{patient_id:uuid}/contato")
async def show_desk_change(visit: Desk, patient_id: UUID) -> Response:
    return await _desk(visit, patient_id, {})


@router.post("/pacientes/{patient_id:uuid}/contato")
async def ask_desk_change(visit: Desk, patient_id: UUID, form: Typed) -> Response:
    typed = {name: form.get(name) for name in ("email", "phone", "reason")}
    try:
        await visit.portal.identity.ask_patient_contact(visit.caller, str(patient_id), _given(typed))
    except ApiProblem as problem:
        if not problem.concerns_input and problem.status != 403:
            raise
        return await _desk(visit, patient_id, typed, problem)
    return visit.go(f"/pacientes/{patient_id}/contato/codigo")


@router.get("/pacientes/{patient_id:uuid}/contato/codigo")
async def show_desk_code(visit: Desk, patient_id: UUID) -> Response:
    return await _desk_code(visit, patient_id)


@router.post("/pacientes/{patient_id:uuid}/contato/codigo")
async def desk_change(visit: Desk, patient_id: UUID, form: Typed) -> Response:
    try:
        await visit.portal.identity.change_patient_contact(visit.caller, str(patient_id), _code(form, "code"))
    except ApiProblem as problem:
        if not problem.concerns_input:
            raise
        return await _desk_code(visit, patient_id, problem)
    return visit.go(f"/pacientes/{patient_id}", notice="contact_changed")


def _form(visit: Visit, typed: dict[str, str], problem: ApiProblem | None = None) -> Response:
    """Whoever has not confirmed lately is asked to first, before anything is typed."""
    return visit.page(
        "contact.html",
        status=problem.status if problem else 200,
        confirmed=visit.portal.sessions.stepped_up_token(visit.signed_in) is not None,
        typed=typed,
        problem=problem,
        errors=problem.by_field() if problem else {},
    )


def _given(typed: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in typed.items() if value}


def _code(form: Form, name: str) -> str:
    return "".join(form.get(name).split()) or "-"


async def _desk(
    visit: Visit, patient_id: UUID, typed: dict[str, str], problem: ApiProblem | None = None
) -> Response:
    return visit.page(
        "contact_desk.html",
        status=problem.status if problem else 200,
        patient=await visit.portal.accounts.patient(visit.caller, str(patient_id)),
        typed=typed,
        problem=problem,
        errors=problem.by_field() if problem else {},
    )


async def _desk_code(visit: Visit, patient_id: UUID, problem: ApiProblem | None = None) -> Response:
    return visit.page(
        "contact_desk_code.html",
        status=problem.status if problem else 200,
        patient=await visit.portal.accounts.patient(visit.caller, str(patient_id)),
        problem=problem,
        errors=problem.by_field() if problem else {},
    )
