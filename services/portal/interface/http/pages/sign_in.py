"""The way in and out: password first, or a passkey alone."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.portal.application.ports import Json
from services.portal.application.problems import ApiProblem
from services.portal.interface.http.passkey_answer import credential_of
from services.portal.interface.http.safe_redirect import safe_path
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import anyone, checked_form, visitors
from services.shared.kernel.principal import Role
from services.shared.platform.http.api import json_response

router = APIRouter()
SECOND_STEP_S = 900
_CHALLENGE_S = 300


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
        step = await visit.portal.security.begin_sign_in(visit.caller, login, password, visit.device)
    except ApiProblem as problem:
        if problem.status >= 500:
            raise
        return visit.page("sign_in.html", status=problem.status, next=wanted, login=login, problem=problem)
    return await next_step(visit, step, wanted)


@router.post("/entrar/chave/opcoes")
async def passkey_options(
    visit: Annotated[Visit, anyone("the way in")], form: Annotated[Form, checked_form()]
) -> Response:
    """A challenge, for the page's script: with a ticket for the second step, without one for a passkey alone."""
    pending = await visit.portal.store.get(visit.visitor_id, "pending") if form.get("step") else None
    ticket = pending["ticket"] if pending else None
    challenge = await visit.portal.security.sign_in_challenge(visit.caller, ticket)
    kept = {"ticket": challenge["ticket"], "next": safe_path(form.get("next"))}
    await visit.portal.store.put(visit.visitor_id, "challenge", kept, _CHALLENGE_S)
    return json_response(challenge["options"])


@router.post("/entrar/chave")
async def sign_in_with_passkey(
    visit: Annotated[Visit, anyone("the way in")], form: Annotated[Form, checked_form()]
) -> Response:
    kept = await visit.portal.store.get(visit.visitor_id, "challenge")
    if kept is None:
        return visit.go("/entrar", notice="code_too_late")
    try:
        granted = await visit.portal.security.sign_in_with_passkey(
            visit.caller, kept["ticket"], credential_of(visit, form), visit.device
        )
    except ApiProblem as problem:
        if problem.status >= 500:
            raise
        return visit.page("sign_in.html", status=problem.status, next=kept["next"], login="", problem=problem)
    return await welcome(visit, granted, kept["next"])


@router.post("/sair")
async def sign_out(visit: Annotated[Visit, visitors()], form: Annotated[Form, checked_form()]) -> Response:
    await visit.portal.sessions.close(visit.signed_in, visit.caller)
    visit.session = None
    response = visit.go("/entrar", notice="signed_out")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


async def next_step(visit: Visit, step: Json, wanted: str) -> Response:
    """Let in, or keep the ticket sealed and ask for what is missing; the password is not kept anywhere."""
    if step.get("session"):
        return await welcome(visit, step["session"], wanted)
    pending = {**step["pending"], "next": wanted}
    await visit.portal.store.put(visit.visitor_id, "pending", pending, SECOND_STEP_S)
    return visit.go("/entrar/codigo" if pending["factors"] else "/entrar/aplicativo")


async def welcome(visit: Visit, granted: Json, wanted: str) -> Response:
    visit.session = await visit.portal.sessions.open(visit.visitor_id, granted)
    notice = "texts_to_read" if await _has_texts_to_read(visit) else None
    return visit.remember_device(visit.become(visit.go(wanted, notice=notice), visit.session.id))


async def _has_texts_to_read(visit: Visit) -> bool:
    """Asked once for each sign-in, of patients; said on the page they wanted, and never in its way."""
    if not visit.has(Role.PATIENT):
        return False
    try:
        standing = await visit.portal.consents.of(visit.caller)
    except ApiProblem:
        return False
    return any(each["waits"] for each in standing["items"])
