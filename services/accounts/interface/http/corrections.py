"""Routes about corrections of a patient's record."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel, Field

from services.accounts.application.commands.decide_correction import DecideCorrection
from services.accounts.application.commands.propose_correction import ProposeCorrection
from services.accounts.application.correction_desk import CorrectionDesk
from services.accounts.application.ports import RepeatKey
from services.accounts.application.queries.list_corrections import ListCorrections
from services.accounts.domain.correction import Correction, CorrectionField, CorrectionState
from services.accounts.interface.http.cursors import Cursor, Limit, cursor_after, cursor_of
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.limits import CORRECTION
from services.accounts.interface.http.patients import patient_view
from services.accounts.interface.http.schemas import Body, Line, PatientView
from services.accounts.interface.http.sessions import never_stored
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.callers import address_of, callers

router = APIRouter(tags=["corrections"])
Patient = Annotated[Principal, callers(Role.PATIENT)]
Proposer = Annotated[Principal, callers(Role.PATIENT, limits=CORRECTION)]
Desk = Annotated[Principal, callers(Role.RECEPTIONIST, Role.ADMINISTRATOR)]
Reason = Annotated[str, Field(max_length=300)]


class CorrectionBody(Body):
    """An empty `value` takes away a social name or a mother's name."""

    patient_id: UUID
    field: CorrectionField
    value: Line
    reason: Reason


class AnswerBody(Body):
    accept: bool
    answer: Reason


class CorrectionMadeView(BaseModel):
    id: UUID


class CorrectionView(BaseModel):
    id: UUID
    patient_id: UUID
    clinic_id: UUID
    field: CorrectionField
    state: CorrectionState
    previous: str | None
    proposed: str | None
    reason: str | None
    answer: str | None
    proposed_at: datetime
    decided_at: datetime | None

    @classmethod
    def facts_of(cls, correction: Correction) -> dict[str, object]:
        facts = correction.facts
        return {
            "id": correction.id,
            "patient_id": correction.patient_id,
            "clinic_id": correction.clinic_id,
            "field": correction.field,
            "state": correction.state,
            "previous": facts.previous if facts else None,
            "proposed": facts.proposed if facts else None,
            "reason": facts.reason if facts else None,
            "answer": facts.answer if facts else None,
            "proposed_at": correction.proposed_at,
            "decided_at": correction.decided_at,
        }


class CorrectionListView(BaseModel):
    items: list[CorrectionView]


class OpenCorrectionView(CorrectionView):
    record: PatientView


class OpenCorrectionPageView(BaseModel):
    items: list[OpenCorrectionView]
    next_cursor: str | None


def _corrections(request: Request) -> CorrectionDesk:
    return desk_of(request).corrections


@router.post("/me/corrections", status_code=201, description=ProposeCorrection.__doc__)
async def propose(
    request: Request,
    body: CorrectionBody,
    caller: Proposer,
    idempotency_key: Annotated[str, Header(min_length=8, max_length=200)],
) -> CorrectionMadeView:
    repeat = RepeatKey(idempotency_key, "POST /api/v1/accounts/me/corrections", await request.body())
    made = await _corrections(request).propose(
        body.patient_id, body.field, body.value, body.reason, caller, repeat, address=address_of(request)
    )
    return CorrectionMadeView(**made)


@router.get("/me/corrections", description=ListCorrections.__doc__)
async def own_corrections(request: Request, response: Response, caller: Patient) -> CorrectionListView:
    found = await _corrections(request).listed.own(caller)
    never_stored(response)
    return CorrectionListView(
        items=[CorrectionView.model_validate(CorrectionView.facts_of(each)) for each in found]
    )


@router.get("/corrections", description=ListCorrections.open_ones.__doc__)
async def open_corrections(
    request: Request, response: Response, caller: Desk, cursor: Cursor = None, limit: Limit = 20
) -> OpenCorrectionPageView:
    found = await _corrections(request).listed.open_ones(
        caller, after=cursor_after(cursor), limit=limit, address=address_of(request)
    )
    never_stored(response)
    return OpenCorrectionPageView(
        items=[
            OpenCorrectionView.model_validate(
                CorrectionView.facts_of(each.correction) | {"record": patient_view(each.record)}
            )
            for each in found
        ],
        next_cursor=cursor_of(found[-1].correction.id if len(found) == limit else None),
    )


@router.put("/corrections/{correction_id}/decision", status_code=204, description=DecideCorrection.__doc__)
async def decide(request: Request, correction_id: UUID, body: AnswerBody, caller: Desk) -> None:
    await _corrections(request).decide(
        correction_id, caller, accept=body.accept, answer=body.answer, address=address_of(request)
    )
