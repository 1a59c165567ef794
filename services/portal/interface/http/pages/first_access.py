"""A person registered by the clinic chooses a password with a one-time code sent to their contact on file."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.portal.application.problems import ApiProblem
from services.portal.interface.http.texts import text
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import anyone, checked_form

router = APIRouter()
_CODE_LIFETIME_S = 1800
_WHY = "somebody without a password yet"


@router.get("/primeiro-acesso")
async def show_first_access(visit: Annotated[Visit, anyone(_WHY)]) -> Response:
    return visit.page("first_access.html", login="", problem=None)


@router.post("/primeiro-acesso")
async def ask_code(visit: Annotated[Visit, anyone(_WHY)], form: Annotated[Form, checked_form()]) -> Response:
    """Says the same whether or not the person is known, so that a stranger learns nothing."""
    login = form.get("login")
    try:
        await visit.portal.accounts.ask_first_access(visit.caller, login)
    except ApiProblem as problem:
        if not problem.concerns_input:
            raise
        return visit.page("first_access.html", status=problem.status, login=login, problem=problem)
    await visit.portal.store.put(visit.visitor_id, "first-access", {"login": login}, _CODE_LIFETIME_S)
    return visit.go("/primeiro-acesso/senha")


@router.get("/primeiro-acesso/senha")
async def show_new_password(visit: Annotated[Visit, anyone(_WHY)]) -> Response:
    if await visit.portal.store.get(visit.visitor_id, "first-access") is None:
        return visit.go("/primeiro-acesso")
    return visit.page("first_access_password.html", problem=None, errors={})


@router.post("/primeiro-acesso/senha")
async def choose_password(
    visit: Annotated[Visit, anyone(_WHY)], form: Annotated[Form, checked_form()]
) -> Response:
    asked = await visit.portal.store.get(visit.visitor_id, "first-access")
    if asked is None:
        return visit.go("/primeiro-acesso")
    password = form.raw("password")
    if password != form.raw("repeated"):
        errors = {"repeated": text(visit.locale, "first_access.passwords_differ")}
        return visit.page("first_access_password.html", status=422, problem=None, errors=errors)
    code = "".join(form.get("code").split())
    try:
        await visit.portal.accounts.complete_first_access(visit.caller, asked["login"], code, password)
    except ApiProblem as problem:
        if problem.status >= 500:
            raise
        return visit.page(
            "first_access_password.html", status=problem.status, problem=problem, errors=problem.by_field()
        )
    await visit.portal.store.delete(visit.visitor_id, "first-access")
    return visit.go("/entrar", notice="password_chosen")
