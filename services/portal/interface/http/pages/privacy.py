"""A patient's rights over the own data (LGPD, art. 18): in one place, erasure first."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.portal.application.problems import ApiProblem
from services.portal.interface.http.texts import text
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import anyone, checked_form, visitors
from services.shared.kernel.principal import Role

router = APIRouter()
Patient = Annotated[Visit, visitors(Role.PATIENT)]
Typed = Annotated[Form, checked_form()]
Holder = Annotated[Visit, anyone("whoever was erased has no account; the code is the proof")]


@router.get("/privacidade")
async def hub(visit: Patient) -> Response:
    found = await visit.portal.privacy.erasure(visit.caller)
    return visit.page("privacy.html", erasure=found["erasure"])


@router.get("/privacidade/apagar")
async def show_erasure(visit: Patient) -> Response:
    return await _erasure_page(visit)


@router.post("/privacidade/apagar")
async def ask_erasure(visit: Patient, form: Typed) -> Response:
    """Without a fresh confirmation the service refuses, and the person confirms and comes back here."""
    if form.get("understood") != "yes":
        return await _erasure_page(visit, error=text(visit.locale, "erasure.understand_first"))
    try:
        await visit.portal.privacy.ask_erasure(visit.caller)
    except ApiProblem as problem:
        if problem.is_kind("step_up_required") or problem.status != 409:
            raise
        return await _erasure_page(visit, problem=problem)
    return visit.go("/privacidade/apagar", notice="erasure_requested")


@router.post("/privacidade/apagar/retirada")
async def withdraw(visit: Patient, _: Typed) -> Response:
    try:
        await visit.portal.privacy.withdraw_erasure(visit.caller)
    except ApiProblem as problem:
        if problem.status not in (404, 409):
            raise
        return await _erasure_page(visit, problem=problem)
    return visit.go("/privacidade/apagar", notice="erasure_withdrawn")


@router.get("/recibo")
async def ask_receipt(visit: Holder) -> Response:
    return visit.page("erasure_receipt.html", receipt=None, code="", clinics={}, error=None)


@router.post("/recibo")
async def receipt(visit: Holder, form: Typed) -> Response:
    """The code is in no address. Asked without the visitor's token: the answer is the same for everybody."""
    code = form.get("code")
    caller = visit.caller_with(None)
    try:
        found = await visit.portal.privacy.receipt(caller, code or "-")
    except ApiProblem as problem:
        if problem.status not in (404, 422):
            raise
        return visit.page(
            "erasure_receipt.html",
            status=problem.status,
            receipt=None,
            code=code,
            clinics={},
            error=problem.detail,
        )
    clinics = await _clinics(visit)
    return visit.page("erasure_receipt.html", receipt=found, code=code.upper(), clinics=clinics, error=None)


async def _erasure_page(
    visit: Visit, *, problem: ApiProblem | None = None, error: str | None = None
) -> Response:
    found = await visit.portal.privacy.erasure(visit.caller)
    newest = found["erasure"]
    waits = newest if newest and newest["state"] == "requested" else None
    return visit.page(
        "erasure.html",
        status=problem.status if problem else (422 if error else 200),
        erasure=waits,
        items=waits["items"] if waits else found["plan"],
        clinics=await _clinics(visit),
        problem=problem,
        error=error,
    )


async def _clinics(visit: Visit) -> dict[str, str]:
    """Return the name on each clinic's door."""
    return {each["id"]: each["name"] for each in await visit.portal.identity.clinics(visit.caller_with(None))}
