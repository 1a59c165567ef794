"""Routes of the clinic's administrator about those who work there."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response

from services.accounts.application.commands.change_roles import ChangeRoles
from services.accounts.application.commands.end_access import EndAccess
from services.accounts.application.commands.end_persons_sessions import EndPersonsSessions
from services.accounts.application.commands.give_access_again import GiveAccessAgain
from services.accounts.application.commands.invite_staff import InviteStaff
from services.accounts.application.commands.resend_invitation import ResendInvitation
from services.accounts.application.commands.reset_factors import ResetFactors
from services.accounts.application.commands.verify_registration import VerifyRegistration
from services.accounts.application.commands.withdraw_invitation import WithdrawInvitation
from services.accounts.application.ports import RepeatKey
from services.accounts.application.queries.list_staff import ListStaff
from services.accounts.application.staff_desk import StaffDesk
from services.accounts.interface.http.cursors import Cursor, Limit, Search, cursor_after, cursor_of
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.sessions import never_stored
from services.accounts.interface.http.staff_schemas import (
    ComparedBody,
    InvitationBody,
    InvitationMadeView,
    InvitationPageView,
    InvitationView,
    MemberDetailView,
    MemberView,
    RolesBody,
    StaffPageView,
    VerificationBody,
    VouchBody,
)
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.callers import address_of, callers

router = APIRouter(tags=["staff"])
Administrator = Annotated[Principal, callers(Role.ADMINISTRATOR)]
Watcher = Annotated[Principal, callers(Role.ADMINISTRATOR, Role.AUDITOR)]


def _staff(request: Request) -> StaffDesk:
    return desk_of(request).staff


@router.get("/staff", description=ListStaff.__doc__)
async def list_staff(  # noqa: PLR0917  FastAPI fills parameters by name
    request: Request,
    response: Response,
    caller: Watcher,
    q: Search = "",
    cursor: Cursor = None,
    limit: Limit = 20,
) -> StaffPageView:
    page = await _staff(request).people(q, caller, after=cursor_after(cursor), limit=limit)
    never_stored(response)
    return StaffPageView(
        items=[MemberView.of(member) for member in page.members], next_cursor=cursor_of(page.next_after)
    )


@router.get("/staff/{account_id}")
async def get_member(
    request: Request, response: Response, account_id: UUID, caller: Watcher
) -> MemberDetailView:
    """One person of the clinic, with who verified the council registration, when and how."""
    member = await _staff(request).people.one(account_id, caller)
    never_stored(response)
    return MemberDetailView.detail(member)


@router.put("/staff/{account_id}/roles", status_code=204, description=ChangeRoles.__doc__)
async def change_roles(request: Request, account_id: UUID, body: RolesBody, caller: Administrator) -> None:
    await _staff(request).change_roles(
        account_id, frozenset(body.roles), body.registration(), caller, address=address_of(request)
    )


@router.delete("/staff/{account_id}/access", status_code=204, description=EndAccess.__doc__)
async def end_access(request: Request, account_id: UUID, caller: Administrator) -> None:
    await _staff(request).end_access(account_id, caller, address=address_of(request))


@router.put("/staff/{account_id}/access", status_code=204, description=GiveAccessAgain.__doc__)
async def give_access_again(request: Request, account_id: UUID, caller: Administrator) -> None:
    await _staff(request).give_access_again(account_id, caller, address=address_of(request))


@router.delete("/staff/{account_id}/sessions", status_code=204, description=EndPersonsSessions.__doc__)
async def end_sessions(request: Request, account_id: UUID, caller: Administrator) -> None:
    await _staff(request).end_sessions.of_member(account_id, caller, address=address_of(request))


@router.post("/staff/{account_id}/factor-reset", status_code=204, description=ResetFactors.__doc__)
async def reset_factors(request: Request, account_id: UUID, body: VouchBody, caller: Administrator) -> None:
    await _staff(request).reset_factors.of_member(account_id, body.how, caller, address=address_of(request))


@router.put("/staff/{account_id}/verification", status_code=204, description=VerifyRegistration.__doc__)
async def verify(request: Request, account_id: UUID, body: VerificationBody, caller: Administrator) -> None:
    await _staff(request).verify(
        account_id, body.compared(), body.how, body.note, caller, address=address_of(request)
    )


@router.post("/staff/{account_id}/verification/withdrawal", status_code=204)
async def withdraw_verification(
    request: Request, account_id: UUID, body: ComparedBody, caller: Administrator
) -> None:
    """Take the verification back: the person may not release results from now on."""
    await _staff(request).verify(account_id, body.compared(), None, None, caller, address=address_of(request))


@router.get("/invitations")
async def list_invitations(
    request: Request, response: Response, caller: Watcher, cursor: Cursor = None, limit: Limit = 20
) -> InvitationPageView:
    """Open invitations, those past their time included, the newest first."""
    page = await _staff(request).people.invited(caller, after=cursor_after(cursor), limit=limit)
    never_stored(response)
    now = desk_of(request).clock.now()
    return InvitationPageView(
        items=[InvitationView.of(invitation, now) for invitation in page.invitations],
        next_cursor=cursor_of(page.next_after),
    )


@router.post("/invitations", status_code=201, description=InviteStaff.__doc__)
async def invite(
    request: Request,
    body: InvitationBody,
    caller: Administrator,
    idempotency_key: Annotated[str, Header(min_length=8, max_length=200)],
) -> InvitationMadeView:
    repeat = RepeatKey(idempotency_key, "POST /api/v1/accounts/invitations", await request.body())
    made = await _staff(request).invite(body.typed(), caller, repeat, address=address_of(request))
    return InvitationMadeView(**made)


@router.post("/invitations/{invitation_id}/mail", status_code=202, description=ResendInvitation.__doc__)
async def resend(request: Request, invitation_id: UUID, caller: Administrator) -> dict[str, str]:
    await _staff(request).resend(invitation_id, caller, address=address_of(request))
    return {"status": "accepted"}


@router.delete("/invitations/{invitation_id}", status_code=204, description=WithdrawInvitation.__doc__)
async def withdraw(request: Request, invitation_id: UUID, caller: Administrator) -> None:
    await _staff(request).withdraw(invitation_id, caller, address=address_of(request))
