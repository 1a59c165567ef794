"""A person's own account security: password, second steps, devices."""

from collections.abc import Awaitable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.application.problems import ApiProblem
from services.portal.interface.http.passkey_answer import credential_of
from services.portal.interface.http.texts import text
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import checked_form, visitors
from services.shared.platform.http.api import json_response

router = APIRouter(prefix="/conta/seguranca")
Anybody = Annotated[Visit, visitors()]
Typed = Annotated[Form, checked_form()]
_PAGE = "/conta/seguranca"
_CONFIRM = f"/confirmar?next={_PAGE}"
_CHALLENGE_S = 300


@router.get("")
async def show(visit: Anybody) -> Response:
    return await _page(visit)


@router.post("/senha")
async def change_password(visit: Anybody, form: Typed) -> Response:
    new = form.raw("new")
    if new != form.raw("repeated"):
        return await _page(
            visit, errors={"repeated": text(visit.locale, "first_access.passwords_differ")}, status=422
        )
    return await _done(
        visit, visit.portal.security.change_password(visit.caller, form.raw("old"), new), "password_changed"
    )


@router.post("/aplicativo/remocao")
async def remove_authenticator(visit: Anybody, form: Typed) -> Response:
    if (token := _confirmed(visit)) is None:
        return visit.go(_CONFIRM)
    return await _done(
        visit, visit.portal.security.remove_totp(visit.caller_with(token)), "authenticator_removed"
    )


@router.post("/chaves/opcoes")
async def passkey_options(visit: Anybody, form: Typed) -> Response:
    challenge = await visit.portal.security.passkey_challenge(visit.caller_with(_confirmed(visit)))
    await visit.portal.store.put(visit.visitor_id, "challenge", {"ticket": challenge["ticket"]}, _CHALLENGE_S)
    return json_response(challenge["options"])


@router.post("/chaves")
async def add_passkey(visit: Anybody, form: Typed) -> Response:
    token, kept = _confirmed(visit), await visit.portal.store.get(visit.visitor_id, "challenge")
    if token is None or kept is None:
        return visit.go(_CONFIRM)
    try:
        codes = await visit.portal.security.add_passkey(
            visit.caller_with(token), kept["ticket"], credential_of(visit, form), form.get("name")
        )
    except ApiProblem as problem:
        return await _refused(visit, problem)
    if codes:
        return visit.page("recovery_codes.html", codes=codes, go_on=_PAGE)
    return visit.go(_PAGE, notice="passkey_added")


@router.post("/chaves/{passkey_id:uuid}")
async def rename_passkey(visit: Anybody, passkey_id: UUID, form: Typed) -> Response:
    renaming = visit.portal.security.rename_passkey(visit.caller, str(passkey_id), form.get("name"))
    return await _done(visit, renaming, "passkey_renamed")


@router.post("/chaves/{passkey_id:uuid}/remocao")
async def remove_passkey(visit: Anybody, passkey_id: UUID, form: Typed) -> Response:
    if (token := _confirmed(visit)) is None:
        return visit.go(_CONFIRM)
    removing = visit.portal.security.remove_passkey(visit.caller_with(token), str(passkey_id))
    return await _done(visit, removing, "passkey_removed")


@router.post("/codigos")
async def renew_recovery_codes(visit: Anybody, form: Typed) -> Response:
    """The codes are shown on this answer alone."""
    if (token := _confirmed(visit)) is None:
        return visit.go(_CONFIRM)
    try:
        codes = await visit.portal.security.renew_recovery_codes(visit.caller_with(token))
    except ApiProblem as problem:
        return await _refused(visit, problem)
    return visit.page("recovery_codes.html", codes=codes, go_on=_PAGE)


@router.post("/contato")
async def choose_contact_codes(visit: Anybody, form: Typed) -> Response:
    if (token := _confirmed(visit)) is None:
        return visit.go(_CONFIRM)
    wanted = form.get("wanted") == "1"
    choosing = visit.portal.security.choose_contact_codes(visit.caller_with(token), wanted)
    return await _done(visit, choosing, "contact_codes_on" if wanted else "contact_codes_off")


@router.post("/sessoes/outras")
async def end_other_sessions(visit: Anybody, form: Typed) -> Response:
    return await _done(visit, visit.portal.security.end_other_sessions(visit.caller), "sessions_ended")


@router.post("/sessoes/{session_id:uuid}")
async def end_session(visit: Anybody, session_id: UUID, form: Typed) -> Response:
    ending = visit.portal.security.end_session(visit.caller, str(session_id))
    return await _done(visit, ending, "session_ended")


async def _done(visit: Visit, change: Awaitable[object], notice: str) -> Response:
    try:
        await change
    except ApiProblem as problem:
        return await _refused(visit, problem)
    return visit.go(_PAGE, notice=notice)


async def _refused(visit: Visit, problem: ApiProblem) -> Response:
    if problem.is_kind("step_up_required"):
        return visit.go(_CONFIRM)
    if not problem.concerns_input:
        raise problem
    return await _page(visit, problem=problem, errors=problem.by_field(), status=problem.status)


async def _page(
    visit: Visit,
    *,
    problem: ApiProblem | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    overview = await visit.portal.security.overview(visit.caller)
    return visit.page(
        "security.html",
        status=status,
        me=overview,
        confirmed=_confirmed(visit) is not None,
        problem=problem,
        errors=errors or {},
    )


def _confirmed(visit: Visit) -> str | None:
    return visit.portal.sessions.stepped_up_token(visit.signed_in)
