"""The way in and out: password, then for staff the authenticator's code."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.portal.application.ports import Json
from services.portal.application.problems import ApiProblem
from services.portal.interface.http.safe_redirect import safe_path
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import anyone, checked_form, visitors

router = APIRouter()
_SECOND_STEP_S = 300


@router.get("/entrar")
async def show_sign_in(visit: Annotated[Visit, anyone("the way in")], next: str = "") -> Response:
    if visit.session is not None:
        return visit.go(safe_path(next))
    return visit.page("sign_in.html", next=safe_path(next), login="", problem=None)


@router.post("/entrar")
async def sign_in(
    visit: Annotated[Visit, anyone("the way in")], form: Annotated[Form, checked_form()]
) -> Response:
    login, password, wanted = form.get("login"), form.raw("password"), safe_path(form.get("next"))
    try:
        granted = await visit.portal.accounts.sign_in(visit.caller, login, password)
    except ApiProblem as problem:
        if problem.is_kind("code_required"):
            pending = {"login": login, "password": password, "next": wanted}
            await visit.portal.store.put(visit.visitor_id, "pending", pending, _SECOND_STEP_S)
            return visit.go("/entrar/codigo")
        if problem.status >= 500:
            raise
        return visit.page("sign_in.html", status=problem.status, next=wanted, login=login, problem=problem)
    return await _welcome(visit, granted, wanted)


@router.get("/entrar/codigo")
async def show_second_step(visit: Annotated[Visit, anyone("the second step of the way in")]) -> Response:
    if await visit.portal.store.get(visit.visitor_id, "pending") is None:
        return visit.go("/entrar")
    return visit.page("sign_in_code.html", problem=None)


@router.post("/entrar/codigo")
async def second_step(
    visit: Annotated[Visit, anyone("the second step of the way in")], form: Annotated[Form, checked_form()]
) -> Response:
    """The password waits sealed in the store for five minutes, never in the page."""
    pending = await visit.portal.store.get(visit.visitor_id, "pending")
    if pending is None:
        return visit.go("/entrar", notice="code_too_late")
    code = "".join(form.get("code").split())
    try:
        granted = await visit.portal.accounts.sign_in(
            visit.caller, pending["login"], pending["password"], code or "000000"
        )
    except ApiProblem as problem:
        if problem.status >= 500:
            raise
        return visit.page("sign_in_code.html", status=problem.status, problem=problem)
    return await _welcome(visit, granted, pending["next"])


@router.post("/sair")
async def sign_out(visit: Annotated[Visit, visitors()], form: Annotated[Form, checked_form()]) -> Response:
    await visit.portal.sessions.close(visit.signed_in, visit.caller)
    visit.session = None
    response = visit.go("/entrar", notice="signed_out")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


async def _welcome(visit: Visit, granted: Json, wanted: str) -> Response:
    visit.session = await visit.portal.sessions.open(visit.visitor_id, granted)
    return visit.become(visit.go(wanted), visit.session.id)
