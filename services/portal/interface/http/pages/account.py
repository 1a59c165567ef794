"""A person's own account, and the language switch."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.portal.application.problems import ApiProblem
from services.portal.interface.http.texts import DEFAULT_LOCALE, supported
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import anyone, checked_form, visitors

router = APIRouter()


@router.get("/conta")
async def account(visit: Annotated[Visit, visitors()]) -> Response:
    return visit.page("account.html", me=await visit.portal.accounts.me(visit.caller))


@router.post("/idioma")
async def speak(
    visit: Annotated[Visit, anyone("everyone reads")], form: Annotated[Form, checked_form()]
) -> Response:
    """The switch holds on this device at once; the account remembers it for messages and other devices."""
    locale = supported(form.get("locale")) or DEFAULT_LOCALE
    if visit.session is not None:
        visit.session = await visit.portal.sessions.speak(visit.session, locale)
        try:
            await visit.portal.accounts.speak(visit.caller, locale)
        except ApiProblem as problem:
            if problem.status == 401:
                raise
    back = form.get("back")
    response = visit.go(back if _is_own_page(back) else "/")
    visit.speak(response, locale)
    return response


def _is_own_page(path: str) -> bool:
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
