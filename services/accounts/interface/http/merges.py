"""Routes about records that may be of one person."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel, Field

from services.accounts.application.commands.decide_merge import DecideMerge
from services.accounts.application.commands.propose_merge import ProposeMerge
from services.accounts.application.commands.undo_merge import UndoMerge
from services.accounts.application.merge_desk import MergeDesk
from services.accounts.application.ports import RepeatKey
from services.accounts.application.queries.list_duplicates import ListDuplicates, ShownMerge
from services.accounts.domain.merge import MergeState
from services.accounts.interface.http.cursors import Cursor, Limit, cursor_after, cursor_of
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.patients import patient_view
from services.accounts.interface.http.schemas import Body, PatientView
from services.accounts.interface.http.sessions import never_stored
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.callers import address_of, callers

router = APIRouter(tags=["merges"])
Administrator = Annotated[Principal, callers(Role.ADMINISTRATOR)]
Desk = Annotated[Principal, callers(Role.RECEPTIONIST, Role.ADMINISTRATOR)]
Reason = Annotated[str, Field(max_length=300)]


class MergeBody(Body):
    survivor_id: UUID
    duplicate_id: UUID
    reason: Reason


class UndoBody(Body):
    reason: Reason


class MergeMadeView(BaseModel):
    id: UUID


class DuplicateGroupView(BaseModel):
    records: list[PatientView]


class DuplicatePageView(BaseModel):
    items: list[DuplicateGroupView]
    next_cursor: str | None


class MergeView(BaseModel):
    id: UUID
    state: MergeState
    survivor: PatientView
    duplicate: PatientView
    reason: str
    proposed_at: datetime
    proposed_by_caller: bool
    decided_at: datetime | None
    undone_at: datetime | None
    undone_reason: str | None

    @classmethod
    def of(cls, shown: ShownMerge, caller: Principal) -> "MergeView":
        merge = shown.merge
        return cls(
            id=merge.id,
            state=merge.state,
            survivor=patient_view(shown.survivor),
            duplicate=patient_view(shown.duplicate),
            reason=merge.reason,
            proposed_at=merge.proposed_at,
            proposed_by_caller=merge.proposed_by == caller.account_id,
            decided_at=merge.decided_at,
            undone_at=merge.undone_at,
            undone_reason=merge.undone_reason,
        )


class MergePageView(BaseModel):
    items: list[MergeView]
    next_cursor: str | None


def _merges(request: Request) -> MergeDesk:
    return desk_of(request).merges


@router.get("/duplicates", description=ListDuplicates.__doc__)
async def list_duplicates(
    request: Request, response: Response, caller: Desk, cursor: Cursor = None, limit: Limit = 20
) -> DuplicatePageView:
    page = await _merges(request).duplicates(
        caller, after=cursor_after(cursor), limit=limit, address=address_of(request)
    )
    never_stored(response)
    return DuplicatePageView(
        items=[DuplicateGroupView(records=[patient_view(each) for each in group]) for group in page.groups],
        next_cursor=cursor_of(page.next_after),
    )


@router.get("/merges")
async def list_merges(
    request: Request, response: Response, caller: Desk, cursor: Cursor = None, limit: Limit = 20
) -> MergePageView:
    """Merges of the clinic, proposed, decided and undone, the newest first."""
    page = await _merges(request).duplicates.merges(
        caller, after=cursor_after(cursor), limit=limit, address=address_of(request)
    )
    never_stored(response)
    return MergePageView(
        items=[MergeView.of(shown, caller) for shown in page.merges], next_cursor=cursor_of(page.next_after)
    )


@router.post("/merges", status_code=201, description=ProposeMerge.__doc__)
async def propose(
    request: Request,
    body: MergeBody,
    caller: Desk,
    idempotency_key: Annotated[str, Header(min_length=8, max_length=200)],
) -> MergeMadeView:
    repeat = RepeatKey(idempotency_key, "POST /api/v1/accounts/merges", await request.body())
    made = await _merges(request).propose(
        body.survivor_id, body.duplicate_id, body.reason, caller, repeat, address=address_of(request)
    )
    return MergeMadeView(**made)


@router.put("/merges/{merge_id}/confirmation", status_code=204, description=DecideMerge.__doc__)
async def confirm(request: Request, merge_id: UUID, caller: Administrator) -> None:
    await _merges(request).decide(merge_id, caller, merge=True, address=address_of(request))


@router.put("/merges/{merge_id}/refusal", status_code=204)
async def refuse(request: Request, merge_id: UUID, caller: Administrator) -> None:
    """The two are not the same person, or it cannot be told: nothing changes."""
    await _merges(request).decide(merge_id, caller, merge=False, address=address_of(request))


@router.post("/merges/{merge_id}/undoing", status_code=204, description=UndoMerge.__doc__)
async def undo(request: Request, merge_id: UUID, body: UndoBody, caller: Administrator) -> None:
    await _merges(request).undo(merge_id, body.reason, caller, address=address_of(request))
