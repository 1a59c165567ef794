"""A person who forgot the password chooses another with a code sent to the contact on file."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.portal.application.problems import ApiProblem
from services.portal.interface.http.texts import text
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import anyone, checked_form

router = APIRouter()
_TICKET_S = 600
_WHY = "whoever forgot the password cannot sign in"
Stranger = Annotated[Visit, anyone(_WHY)]
Typed = Annotated[Form, checked_form()]


@router.get("/esqueci-a-senha")
async def show_reset(visit: Stranger) -> Response:
    return visit.page("reset.html", login="", problem=None)


@router.post("/esqueci-a-senha")
async def ask_code(visit: Stranger, form: Typed) -> Response:
    """Says the same whether or not the person is known, so that a stranger learns nothing."""
    login = form.get("login")
    try:
        ticket = await visit.portal.security.ask_reset(visit.caller, login, visit.device)
    except ApiProblem as problem:
        if not problem.concerns_input:
            raise
        return visit.page("reset.html", status=problem.status, login=login, problem=problem)
    await visit.portal.store.put(visit.visitor_id, "reset", {"ticket": ticket}, _TICKET_S)
    return visit.go("/esqueci-a-senha/nova")


@router.get("/esqueci-a-senha/nova")
async def show_new_password(visit: Stranger) -> Response:
    if await visit.portal.store.get(visit.visitor_id, "reset") is None:
        return visit.go("/esqueci-a-senha")
    return visit.page("reset_password.html", problem=None, errors={})


@router.post("/esqueci-a-senha/nova")
async def choose_password(visit: Stranger, form: Typed) -> Response:
    asked = await visit.portal.store.get(visit.visitor_id, "reset")
    if asked is None:
        return visit.go("/esqueci-a-senha")
    password = form.raw("password")
    if password != form.raw("repeated"):
        errors = {"repeated": text(visit.locale, "first_access.passwords_differ")}
        return visit.page("reset_password.html", status=422, problem=None, errors=errors)
    code = "".join(form.get("code").split())[:12] or "-"
    try:
        await visit.portal.security.reset_password(
            visit.caller, asked["ticket"], code, password, visit.device
        )
    except ApiProblem as problem:
        if problem.status >= 500:
            raise
        return visit.page(
            "reset_password.html", status=problem.status, problem=problem, errors=problem.by_field()
        )
    await visit.portal.store.delete(visit.visitor_id, "reset")
    return visit.remember_device(visit.go("/entrar", notice="password_reset"))
