"""The signature of a page states who may open it; every form is checked for its token. A test fails for the rest.

async def release(visit: Annotated[Visit, visitors(Role.RELEASER)], form: Annotated[Form, checked_form()])
async def sign_in(visit: Annotated[Visit, anyone("the way in")])
"""

from typing import Any

from fastapi import Depends, Request

from services.portal.application.sessions import new_session_id
from services.portal.interface.http.come_back import page_of
from services.portal.interface.http.portal import Portal
from services.portal.interface.http.texts import DEFAULT_LOCALE, supported
from services.portal.interface.http.visit import LANGUAGE_COOKIE, SESSION_COOKIE, Form, Visit
from services.shared.kernel.errors import FORBIDDEN
from services.shared.kernel.principal import Role

_MAX_FIELDS = 300
_ID_LENGTH = range(20, 100)


class SignInNeeded(Exception):
    """Nobody is signed in (any more); `come_back_to` is where the person wanted to be."""

    def __init__(self, visit: Visit, come_back_to: str) -> None:
        super().__init__("sign-in needed")
        self.visit = visit
        self.come_back_to = come_back_to


class FormRefused(Exception):
    """The form's token is missing or wrong: it may come from another site."""


class Anyone:
    def __init__(self, reason: str) -> None:
        self.reason = reason

    async def __call__(self, request: Request) -> Visit:
        return await visit_of(request)


class Visitors:
    """Lets in signed-in people with any of the roles; without roles, everyone who is signed in."""

    def __init__(self, roles: tuple[Role, ...]) -> None:
        self.roles = roles

    async def __call__(self, request: Request) -> Visit:
        visit = await visit_of(request)
        if visit.session is None:
            raise SignInNeeded(visit, page_of(request))
        if self.roles and not visit.has(*self.roles):
            raise FORBIDDEN.error()
        return visit


class CheckedForm:
    async def __call__(self, request: Request) -> Form:
        portal: Portal = request.app.state.portal
        async with request.form(max_files=0, max_fields=_MAX_FIELDS) as sent:
            fields: dict[str, list[str]] = {}
            for name, value in sent.multi_items():
                fields.setdefault(name, []).append(str(value))
        token = fields.pop("csrf", [""])[-1]
        is_foreign = request.headers.get("sec-fetch-site") in ("cross-site", "same-site")
        if is_foreign or not portal.csrf.accepts(request.cookies.get(SESSION_COOKIE), token):
            raise FormRefused
        return Form(fields)


def anyone(reason: str) -> Any:
    return Depends(Anyone(reason))


def visitors(*roles: Role) -> Any:
    return Depends(Visitors(roles))


def checked_form() -> Any:
    return Depends(CheckedForm())


async def visit_of(request: Request) -> Visit:
    """Recognise the visitor by cookie; remembered on the request, so that error pages know them too."""
    known: Visit | None = getattr(request.state, "visit", None)
    if known is not None:
        return known
    visit = stranger(request)
    request.state.visit = visit
    if not visit.is_new:
        visit.session = await visit.portal.sessions.resume(visit.visitor_id, visit.caller)
        if visit.session and not supported(request.cookies.get(LANGUAGE_COOKIE)):
            visit.locale = supported(visit.session.account.locale) or DEFAULT_LOCALE
    return visit


def stranger(request: Request) -> Visit:
    """The visit before anybody is recognised: language by cookie, pt-BR otherwise."""
    cookie = request.cookies.get(SESSION_COOKIE, "")
    is_new = len(cookie) not in _ID_LENGTH
    return Visit(
        request=request,
        portal=request.app.state.portal,
        visitor_id=new_session_id() if is_new else cookie,
        is_new=is_new,
        locale=supported(request.cookies.get(LANGUAGE_COOKIE)) or DEFAULT_LOCALE,
    )
