"""Routes about terms, privacy notice and consents."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.accounts.application.commands.answer_text import AnswerText
from services.accounts.application.consent_desk import ConsentDesk
from services.accounts.application.queries.read_consents import ReadConsents
from services.accounts.domain.account import Locale
from services.accounts.domain.consent import ConsentKind
from services.accounts.interface.http.consent_schemas import (
    AnswerBody,
    ConsentsView,
    ConsentTextView,
    OwnAnswerBody,
)
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.limits import CONSENT, CONSENT_TEXT
from services.accounts.interface.http.sessions import never_stored
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.callers import address_of, callers, public

router = APIRouter(tags=["consents"])
Patient = Annotated[Principal, callers(Role.PATIENT)]
Answerer = Annotated[Principal, callers(Role.PATIENT, limits=CONSENT)]
Desk = Annotated[Principal, callers(Role.RECEPTIONIST, Role.ADMINISTRATOR)]
Anybody = Annotated[None, public("texts are read before there is an account", limits=CONSENT_TEXT)]


def _consents(request: Request) -> ConsentDesk:
    return desk_of(request).consents


@router.get("/consents", description=ReadConsents.__doc__)
async def read_consents(
    request: Request,
    response: Response,
    caller: Patient,
    on_behalf_of: UUID | None = None,
    locale: Locale = "pt-BR",
) -> ConsentsView:
    found = await _consents(request).read(caller, on_behalf_of=on_behalf_of)
    never_stored(response)
    return ConsentsView.of(found, locale)


@router.get("/consents/texts/{kind}", description=ReadConsents.text.__doc__)
async def read_text(
    request: Request,
    _: Anybody,
    kind: ConsentKind,
    version: Annotated[int | None, Query(ge=1, le=10_000)] = None,
    locale: Locale = "pt-BR",
) -> ConsentTextView:
    return ConsentTextView.of(_consents(request).read.text(kind, version), locale)


@router.put("/consents/{kind}", status_code=204, description=AnswerText.__doc__)
async def answer(request: Request, kind: ConsentKind, body: OwnAnswerBody, caller: Answerer) -> None:
    await _consents(request).answer(
        body.about(kind), caller, on_behalf_of=body.on_behalf_of, address=address_of(request)
    )


@router.put("/patients/{patient_id}/consents/{kind}", status_code=204, description=AnswerText.__doc__)
async def answer_at_desk(
    request: Request, patient_id: UUID, kind: ConsentKind, body: AnswerBody, caller: Desk
) -> None:
    await _consents(request).answer.at_desk(patient_id, body.about(kind), caller, address=address_of(request))
