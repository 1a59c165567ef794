"""A new authenticator's secret: as a picture, and as text for typing."""

import io
from typing import Annotated

import segno
from fastapi import APIRouter, Response

from services.portal.application.ports import Json
from services.portal.application.problems import ApiProblem
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import anyone, checked_form, visitors
from services.shared.kernel.errors import NOT_FOUND

router = APIRouter()
_SECRET_S = 900
_ADDRESS = "/conta/seguranca/aplicativo"


@router.get("/seguranca/qr.svg")
async def picture(visit: Annotated[Visit, anyone("only who was just given the secret has one")]) -> Response:
    """The picture that an app reads. The secret lies sealed under this browser's id, in no address and no page's
    source but its own.
    """
    kept = await shown_secret(visit)
    if kept is None:
        raise NOT_FOUND.error()
    drawn = io.BytesIO()
    segno.make(kept["address"], error="m").save(
        drawn, kind="svg", scale=6, border=4, dark="#000", light="#fff", xmldecl=False
    )
    return Response(drawn.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@router.get(_ADDRESS)
async def show_new(visit: Annotated[Visit, visitors()]) -> Response:
    token = visit.portal.sessions.stepped_up_token(visit.signed_in)
    if token is None:
        return visit.go(f"/confirmar?next={_ADDRESS}")
    new = await visit.portal.security.begin_totp(visit.caller_with(token))
    kept = await keep_secret(visit, new)
    return visit.page("authenticator.html", action=_ADDRESS, secret=kept["secret"], problem=None)


@router.post(_ADDRESS)
async def confirm_new(visit: Annotated[Visit, visitors()], form: Annotated[Form, checked_form()]) -> Response:
    token, kept = visit.portal.sessions.stepped_up_token(visit.signed_in), await shown_secret(visit)
    if token is None or kept is None:
        return visit.go("/conta/seguranca", notice="code_too_late")
    code = "".join(form.get("code").split())[:12] or "000000"
    try:
        codes = await visit.portal.security.confirm_totp(visit.caller_with(token), kept["ticket"], code)
    except ApiProblem as problem:
        if problem.status >= 500:
            raise
        if problem.is_kind("ticket_ended"):
            return visit.go("/conta/seguranca", notice="code_too_late")
        return visit.page(
            "authenticator.html", status=422, action=_ADDRESS, secret=kept["secret"], problem=problem
        )
    await visit.portal.store.delete(visit.visitor_id, "totp")
    if codes:
        return visit.page("recovery_codes.html", codes=codes, go_on="/conta/seguranca")
    return visit.go("/conta/seguranca", notice="authenticator_added")


async def keep_secret(visit: Visit, new: Json) -> Json:
    await visit.portal.store.put(visit.visitor_id, "totp", new, _SECRET_S)
    return new


async def shown_secret(visit: Visit) -> Json | None:
    return await visit.portal.store.get(visit.visitor_id, "totp")
