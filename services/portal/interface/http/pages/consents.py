"""What was read and consented to, with its text, and the button to withdraw (LGPD, art. 8, par. 5)."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.portal.application.problems import ApiProblem
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import anyone, checked_form, visitors
from services.shared.kernel.principal import Role

router = APIRouter()
Patient = Annotated[Visit, visitors(Role.PATIENT)]
Reader = Annotated[Visit, anyone("texts are read before there is an account")]
Typed = Annotated[Form, checked_form()]
_HERE = "/privacidade/textos"
_NOTICES = {"acknowledged": "text_read", "given": "consent_given", "withdrawn": "consent_withdrawn"}


class Text(StrEnum):
    TERMS = "terms"
    PRIVACY = "privacy"
    EMAIL_MESSAGES = "email_messages"
    SMS_MESSAGES = "sms_messages"


@router.get("/textos/{kind}")
async def show_text(
    visit: Reader, kind: Text, versao: Annotated[int | None, Query(ge=1, le=10_000)] = None
) -> Response:
    """One version as it was published. Asked without the visitor's token: the answer is the same for everybody."""
    text = await visit.portal.consents.text(visit.caller_with(None), kind, versao)
    return visit.page("consent_text.html", text=text)


@router.get(_HERE)
async def show(visit: Patient, por: UUID | None = None) -> Response:
    return await _page(visit, str(por) if por else "")


@router.post(f"{_HERE}/{{kind}}")
async def answer(visit: Patient, kind: Text, form: Typed) -> Response:
    act, version, child = form.get("act"), form.get("version"), form.get("on_behalf_of")
    try:
        await visit.portal.consents.answer(
            visit.caller, kind, act, int(version) if version.isdecimal() else 0, child
        )
    except ApiProblem as problem:
        if not problem.concerns_input and not problem.is_kind("child_consent"):
            raise
        return await _page(visit, child, problem)
    return visit.go(f"{_HERE}?por={child}" if child else _HERE, notice=_NOTICES.get(act))


async def _page(visit: Visit, child: str, problem: ApiProblem | None = None) -> Response:
    found = await visit.portal.consents.of(visit.caller, child)
    held = (await visit.portal.relations.proxies(visit.caller))["held"]
    return visit.page(
        "consents.html",
        status=problem.status if problem else 200,
        notices=[each for each in found["items"] if each["nature"] == "notice"],
        consents=[each for each in found["items"] if each["nature"] == "consent"],
        history=found["history"],
        children=[each for each in held if each["kind"] == "guardian"],
        child=child,
        problem=problem,
    )
