"""Confirming once more that it is really the person: before a release, a sensitive result, a change of security."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.portal.application.ports import Json
from services.portal.application.problems import ApiProblem
from services.portal.interface.http.passkey_answer import credential_of
from services.portal.interface.http.safe_redirect import safe_path
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import checked_form, visitors
from services.shared.platform.http.api import json_response

router = APIRouter()
Anybody = Annotated[Visit, visitors()]
Typed = Annotated[Form, checked_form()]
_TICKET_S = 600
_ENDED = frozenset({"session_ended", "token_invalid", "token_missing"})


@router.get("/confirmar")
async def show(visit: Anybody, next: str = "", forma: str = "") -> Response:
    return await _page(visit, safe_path(next), forma)


@router.post("/confirmar")
async def confirm(visit: Anybody, form: Typed) -> Response:
    factor, typed = form.get("factor") or "totp", form.get("code")
    code = typed if factor == "recovery_code" else "".join(typed.split())
    proof: Json = {"factor": factor, "code": code[:12] or "000000"}
    if factor == "contact_code":
        kept = await visit.portal.store.get(visit.visitor_id, "step-up")
        proof |= {"ticket": kept["ticket"]} if kept else {}
    return await _prove(visit, form, proof, factor)


@router.post("/confirmar/envio")
async def send_code(visit: Anybody, form: Typed) -> Response:
    wanted = safe_path(form.get("next"))
    try:
        ticket = await visit.portal.security.send_step_up_code(visit.caller)
    except ApiProblem as problem:
        if not problem.concerns_input:
            raise
        return await _page(visit, wanted, "contact_code", problem)
    await visit.portal.store.put(visit.visitor_id, "step-up", {"ticket": ticket}, _TICKET_S)
    return await _page(visit, wanted, "contact_code")


@router.post("/confirmar/chave/opcoes")
async def passkey_options(visit: Anybody, form: Typed) -> Response:
    challenge = await visit.portal.security.step_up_challenge(visit.caller)
    kept = {"ticket": challenge["ticket"]}
    await visit.portal.store.put(visit.visitor_id, "challenge", kept, _TICKET_S)
    return json_response(challenge["options"])


@router.post("/confirmar/chave")
async def with_passkey(visit: Anybody, form: Typed) -> Response:
    kept = await visit.portal.store.get(visit.visitor_id, "challenge") or {"ticket": "none"}
    try:
        proof = {"factor": "passkey", "credential": credential_of(visit, form), "ticket": kept["ticket"]}
    except ApiProblem as problem:
        return await _page(visit, safe_path(form.get("next")), "", problem)
    return await _prove(visit, form, proof, "")


async def _prove(visit: Visit, form: Form, proof: Json, shown: str) -> Response:
    wanted = safe_path(form.get("next"))
    try:
        stepped = await visit.portal.sessions.step_up(visit.signed_in, proof, visit.caller)
    except ApiProblem as problem:
        if problem.status >= 500 or any(problem.is_kind(kind) for kind in _ENDED):
            raise
        return await _page(visit, wanted, shown, problem)
    visit.go_on_as(stepped)
    return visit.go(wanted)


async def _page(visit: Visit, wanted: str, shown: str, problem: ApiProblem | None = None) -> Response:
    factors = (await visit.portal.security.overview(visit.caller))["step_up_with"]
    typed = [factor for factor in factors if factor != "passkey"]
    chosen = shown if shown in typed else (typed[0] if typed else "passkey")
    kept = await visit.portal.store.get(visit.visitor_id, "step-up")
    return visit.page(
        "confirm.html",
        status=(422 if problem.status == 401 else problem.status) if problem else 200,
        factors=factors,
        shown=chosen,
        sent=kept is not None,
        next=wanted,
        problem=problem,
    )
