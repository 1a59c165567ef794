"""Routes about the right to be erased."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from services.accounts.application.commands.decide_erasure import DecideErasure
from services.accounts.application.commands.request_erasure import RequestErasure
from services.accounts.application.commands.withdraw_erasure import WithdrawErasure
from services.accounts.application.erasure_desk import ErasureDesk
from services.accounts.application.erasure_receipts import Receipt
from services.accounts.application.queries.read_erasure import ReadErasure, WaitingErasure
from services.accounts.domain.erasure import Decision, ErasureState
from services.accounts.domain.erasure_items import ErasureItem, Outcome
from services.accounts.interface.http.cursors import Cursor, Limit, cursor_after, cursor_of
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.limits import ERASURE, RECEIPT
from services.accounts.interface.http.patients import patient_view
from services.accounts.interface.http.schemas import Body, PatientView
from services.accounts.interface.http.sessions import never_stored
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.callers import address_of, callers, public

router = APIRouter(tags=["erasure"])
Patient = Annotated[Principal, callers(Role.PATIENT)]
Administrator = Annotated[Principal, callers(Role.ADMINISTRATOR)]


class ItemView(BaseModel):
    """`basis` cites the law as it is published; `until` is the last day at the latest."""

    name: str
    outcome: Outcome
    basis: str
    until: date | None
    clinic_id: UUID | None
    reason: str | None
    done: bool

    @classmethod
    def of(cls, item: ErasureItem) -> "ItemView":
        return cls(**{name: getattr(item, name) for name in cls.model_fields})


class ReceiptView(BaseModel):
    state: ErasureState
    requested_at: datetime
    due_at: datetime
    withdrawn_at: datetime | None
    done_at: datetime | None
    items: list[ItemView]

    @classmethod
    def facts_of(cls, receipt: Receipt) -> dict[str, object]:
        erasure = receipt.erasure
        return {
            "state": erasure.state,
            "requested_at": erasure.requested_at,
            "due_at": erasure.due_at,
            "withdrawn_at": erasure.withdrawn_at,
            "done_at": erasure.done_at,
            "items": [ItemView.of(item) for item in receipt.items],
        }


class OwnErasureView(ReceiptView):
    """`receipt_code` opens the receipt when the account is gone: it is shown to the person alone."""

    receipt_code: str

    @classmethod
    def of(cls, receipt: Receipt) -> "OwnErasureView":
        return cls.model_validate(cls.facts_of(receipt) | {"receipt_code": receipt.erasure.receipt_code})


class OwnErasuresView(BaseModel):
    """`plan` is what a request made now would do."""

    erasure: OwnErasureView | None
    plan: list[ItemView]


class ReceiptCodeBody(Body):
    code: Annotated[str, Field(min_length=1, max_length=40)]


class DecisionBody(Body):
    """Without `keep_until` the identity is erased when the waiting period ends."""

    keep_until: AwareDatetime | None = None
    reason: Annotated[str, Field(max_length=300)]


class WaitingErasureView(BaseModel):
    id: UUID
    requested_at: datetime
    due_at: datetime
    records: list[PatientView]
    decision: Decision
    reason: str | None
    keep_until: datetime | None

    @classmethod
    def of(cls, waiting: WaitingErasure) -> "WaitingErasureView":
        erasure, first = waiting.erasure, waiting.erasure.records[0]
        return cls(
            id=erasure.id,
            requested_at=erasure.requested_at,
            due_at=erasure.due_at,
            records=[patient_view(record) for record in waiting.records],
            decision=first.decision,
            reason=first.reason,
            keep_until=first.due_at if first.decision is Decision.KEEP else None,
        )


class WaitingErasurePageView(BaseModel):
    items: list[WaitingErasureView]
    next_cursor: str | None


def _erasure(request: Request) -> ErasureDesk:
    return desk_of(request).erasure


@router.put("/me/erasure", description=RequestErasure.__doc__)
async def request_erasure(
    request: Request, response: Response, caller: Annotated[Principal, callers(Role.PATIENT, limits=ERASURE)]
) -> OwnErasureView:
    receipt = await _erasure(request).request(caller, address=address_of(request))
    never_stored(response)
    return OwnErasureView.of(receipt)


@router.get("/me/erasure", description=ReadErasure.__doc__)
async def own_erasure(request: Request, response: Response, caller: Patient) -> OwnErasuresView:
    found = await _erasure(request).read.own(caller)
    never_stored(response)
    return OwnErasuresView(
        erasure=OwnErasureView.of(found.newest) if found.newest else None,
        plan=[ItemView.of(item) for item in found.plan],
    )


@router.delete("/me/erasure", status_code=204, description=WithdrawErasure.__doc__)
async def withdraw_erasure(request: Request, caller: Patient) -> None:
    await _erasure(request).withdraw(caller, address=address_of(request))


@router.post("/erasures/receipt", description=ReadErasure.__doc__)
async def receipt(
    request: Request,
    response: Response,
    body: ReceiptCodeBody,
    _: Annotated[None, public("whoever was erased has no account; the code is the proof", limits=RECEIPT)],
) -> ReceiptView:
    found = await _erasure(request).read.by_code(body.code)
    never_stored(response)
    return ReceiptView.model_validate(ReceiptView.facts_of(found))


@router.get("/erasures", description=ReadErasure.waiting.__doc__)
async def list_erasures(
    request: Request, response: Response, caller: Administrator, cursor: Cursor = None, limit: Limit = 20
) -> WaitingErasurePageView:
    found = await _erasure(request).read.waiting(
        caller, after=cursor_after(cursor), limit=limit, address=address_of(request)
    )
    never_stored(response)
    return WaitingErasurePageView(
        items=[WaitingErasureView.of(each) for each in found],
        next_cursor=cursor_of(found[-1].erasure.id if len(found) == limit else None),
    )


@router.put("/erasures/{erasure_id}/decision", status_code=204, description=DecideErasure.__doc__)
async def decide_erasure(
    request: Request, erasure_id: UUID, body: DecisionBody, caller: Administrator
) -> None:
    await _erasure(request).decide(
        erasure_id, caller, keep_until=body.keep_until, reason=body.reason, address=address_of(request)
    )
