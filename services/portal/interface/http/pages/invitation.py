"""Where an invited person comes with the code of the e-mail: password, authenticator, done."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.portal.application.ports import Json
from services.portal.application.problems import ApiProblem
from services.portal.interface.http.pictures import qr_picture
from services.portal.interface.http.texts import text
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import anyone, checked_form

router = APIRouter()
_WHY = "an invited person has no sign-in yet"
_SLOT = "invitation"
_KEPT_S = 1800
Anybody = Annotated[Visit, anyone(_WHY)]
Typed = Annotated[Form, checked_form()]


@router.get("/convite")
async def show_code(visit: Anybody) -> Response:
    return visit.page("invitation.html", problem=None)


@router.post("/convite")
async def open_invitation(visit: Anybody, form: Typed) -> Response:
    """The code is kept sealed here, never in an address."""
    code = form.get("invitation_code")
    try:
        await visit.portal.staff.open_invitation(visit.caller, code)
    except ApiProblem as problem:
        if not problem.concerns_input:
            raise
        return visit.page("invitation.html", status=problem.status, problem=problem)
    await visit.portal.store.put(visit.visitor_id, _SLOT, {"code": code}, _KEPT_S)
    return visit.go("/convite/aceite")


@router.get("/convite/aceite")
async def show_acceptance(visit: Anybody) -> Response:
    kept = await visit.portal.store.get(visit.visitor_id, _SLOT)
    if kept is None:
        return visit.go("/convite")
    return await _acceptance(visit, kept["code"])


@router.post("/convite/aceite")
async def accept(visit: Anybody, form: Typed) -> Response:
    kept = await visit.portal.store.get(visit.visitor_id, _SLOT)
    if kept is None:
        return visit.go("/convite")
    password, repeated = form.raw("password"), form.fields.get("repeated")
    if repeated and password != repeated[-1]:
        errors = {"repeated": text(visit.locale, "first_access.passwords_differ")}
        return await _acceptance(visit, kept["code"], errors=errors, status=422)
    acceptance = {
        "invitation_code": kept["code"],
        "password": password,
        "code": "".join(form.get("code").split()) or "-",
    }
    try:
        await visit.portal.staff.accept(visit.caller, acceptance)
    except ApiProblem as problem:
        if problem.status not in (400, 401, 409, 422, 429):
            raise
        return await _acceptance(
            visit, kept["code"], problem=problem, errors=problem.by_field(), status=problem.status
        )
    await visit.portal.store.delete(visit.visitor_id, _SLOT)
    return visit.go("/entrar", notice="joined")


async def _acceptance(
    visit: Visit,
    code: str,
    *,
    problem: ApiProblem | None = None,
    errors: Json | None = None,
    status: int = 200,
) -> Response:
    try:
        invitation = await visit.portal.staff.open_invitation(visit.caller, code)
    except ApiProblem as closed:
        if not closed.concerns_input:
            raise
        return visit.page("invitation.html", status=closed.status, problem=closed)
    uri = invitation["totp_uri"]
    return visit.page(
        "invitation_accept.html",
        status=status,
        invitation=invitation,
        picture=qr_picture(uri, text(visit.locale, "invitation.picture")) if uri else None,
        problem=problem,
        errors=errors or {},
    )
