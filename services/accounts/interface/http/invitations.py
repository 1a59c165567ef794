"""Routes for who holds an invitation: there is no sign-in yet. The code travels in bodies, never in addresses."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from services.accounts.application.commands.accept_invitation import Acceptance, AcceptInvitation
from services.accounts.application.queries.open_invitation import OpenInvitation
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.limits import INVITATION
from services.accounts.interface.http.schemas import ClinicView
from services.accounts.interface.http.sessions import never_stored
from services.accounts.interface.http.staff_schemas import AcceptanceBody, OpenedInvitationView, OpeningBody
from services.shared.platform.http.callers import address_of, public

router = APIRouter(tags=["invitations"])
Holder = Annotated[None, public("the invitation's code is the proof", limits=INVITATION)]


@router.post("/invitations/opening", description=OpenInvitation.__doc__)
async def open_invitation(
    request: Request, response: Response, body: OpeningBody, _: Holder
) -> OpenedInvitationView:
    opened = await desk_of(request).staff.open_invitation(
        body.invitation_code.get_secret_value(), address=address_of(request)
    )
    never_stored(response)
    secret = opened.totp_secret
    return OpenedInvitationView(
        clinic=ClinicView(id=opened.clinic.id, name=opened.clinic.name),
        name=opened.name,
        email=opened.email,
        roles=sorted(opened.roles),
        expires_at=opened.expires_at,
        has_account=secret is None,
        totp_secret=secret,
        totp_uri=opened.totp_address,
    )


@router.post("/invitations/acceptance", status_code=204, description=AcceptInvitation.__doc__)
async def accept(request: Request, body: AcceptanceBody, _: Holder) -> None:
    acceptance = Acceptance(
        invitation_code=body.invitation_code.get_secret_value(),
        password=body.password.get_secret_value(),
        code=body.code,
    )
    await desk_of(request).staff.accept(acceptance, address=address_of(request))
