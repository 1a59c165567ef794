"""The second step of the way in, and the first authenticator of whoever must have one."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.portal.application.ports import Json
from services.portal.application.problems import ApiProblem
from services.portal.interface.http.pages.new_authenticator import keep_secret, shown_secret
from services.portal.interface.http.pages.sign_in import SECOND_STEP_S, next_step
from services.portal.interface.http.passkey_answer import credential_of
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import anyone, checked_form

router = APIRouter()
_WHY = "the second step of the way in"
Stranger = Annotated[Visit, anyone(_WHY)]
Typed = Annotated[Form, checked_form()]


@router.get("/entrar/codigo")
async def show_second_step(visit: Stranger, forma: str = "") -> Response:
    pending = await _pending(visit)
    if pending is None or not pending["factors"]:
        return visit.go("/entrar")
    return _page(visit, pending, forma)


@router.post("/entrar/codigo")
async def second_step(visit: Stranger, form: Typed) -> Response:
    """The ticket waits sealed in the store for a quarter of an hour, never in the page."""
    pending = await _pending(visit)
    if pending is None:
        return visit.go("/entrar", notice="code_too_late")
    factor = form.get("factor") or "totp"
    typed = form.get("code")
    code = typed if factor == "recovery_code" else "".join(typed.split())
    proof = {"factor": factor, "code": code[:12] or "000000"}
    return await _prove(visit, pending, proof, factor)


@router.post("/entrar/codigo/chave")
async def second_step_with_passkey(visit: Stranger, form: Typed) -> Response:
    pending = await _pending(visit)
    if pending is None:
        return visit.go("/entrar", notice="code_too_late")
    try:
        proof = {"factor": "passkey", "credential": credential_of(visit, form)}
    except ApiProblem as problem:
        return _page(visit, pending, "", problem)
    return await _prove(visit, pending, proof, "")


@router.post("/entrar/codigo/envio")
async def send_code(visit: Stranger, form: Typed) -> Response:
    pending = await _pending(visit)
    if pending is None:
        return visit.go("/entrar", notice="code_too_late")
    try:
        await visit.portal.security.send_sign_in_code(visit.caller, pending["ticket"])
    except ApiProblem as problem:
        if not problem.concerns_input:
            raise
        return _page(visit, pending | {"sent": True}, "contact_code", problem)
    await visit.portal.store.put(visit.visitor_id, "pending", pending | {"sent": True}, SECOND_STEP_S)
    return visit.go("/entrar/codigo", notice="code_sent")


@router.get("/entrar/aplicativo")
async def show_enrolment(visit: Stranger) -> Response:
    pending = await _pending(visit)
    if pending is None or not pending["must_enrol"]:
        return visit.go("/entrar")
    kept = await shown_secret(visit)
    if kept is None:
        new = await visit.portal.security.begin_enrolment(visit.caller, pending["ticket"])
        kept = await keep_secret(visit, new)
    return visit.page("authenticator.html", action="/entrar/aplicativo", secret=kept["secret"], problem=None)


@router.post("/entrar/aplicativo")
async def confirm_enrolment(visit: Stranger, form: Typed) -> Response:
    """The codes are shown on this answer alone; coming back to it later shows none."""
    pending, kept = await _pending(visit), await shown_secret(visit)
    if pending is None or kept is None:
        return visit.go("/entrar", notice="code_too_late")
    code = "".join(form.get("code").split())[:12] or "000000"
    try:
        enrolled = await visit.portal.security.confirm_enrolment(
            visit.caller, pending["ticket"], code, visit.device
        )
    except ApiProblem as problem:
        if problem.status >= 500:
            raise
        return visit.page(
            "authenticator.html",
            status=problem.status,
            action="/entrar/aplicativo",
            secret=kept["secret"],
            problem=problem,
        )
    visit.go_on_as(await visit.portal.sessions.open(visit.visitor_id, enrolled["session"]))
    page = visit.page("recovery_codes.html", codes=enrolled["recovery_codes"], go_on=pending["next"])
    return visit.remember_device(page)


async def _prove(visit: Visit, pending: Json, proof: Json, shown: str) -> Response:
    try:
        step = await visit.portal.security.prove_sign_in(visit.caller, pending["ticket"], proof, visit.device)
    except ApiProblem as problem:
        if problem.status >= 500:
            raise
        if problem.is_kind("ticket_ended"):
            return visit.go("/entrar", notice="code_too_late")
        return _page(visit, pending, shown, problem)
    return await next_step(visit, step, pending["next"])


async def _pending(visit: Visit) -> Json | None:
    return await visit.portal.store.get(visit.visitor_id, "pending")


def _page(visit: Visit, pending: Json, shown: str, problem: ApiProblem | None = None) -> Response:
    """Show the strongest factor that is typed, or the one asked for; a passkey stands above whichever it is."""
    factors = pending["factors"]
    typed = [factor for factor in factors if factor != "passkey"]
    chosen = shown if shown in typed else (typed[0] if typed else "passkey")
    return visit.page(
        "sign_in_code.html",
        status=problem.status if problem else 200,
        factors=factors,
        shown=chosen,
        sent=pending.get("sent", False),
        must_enrol=pending["must_enrol"],
        problem=problem,
    )
