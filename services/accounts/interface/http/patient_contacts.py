"""Routes of the desk for a patient who lost the contact on file, a device signed in, or every second factor."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from services.accounts.application.commands.change_contact_at_desk import ChangeContactAtDesk
from services.accounts.application.commands.end_persons_sessions import EndPersonsSessions
from services.accounts.application.commands.reset_factors import ResetFactors
from services.accounts.domain.new_contact import NewContact
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.identity_schemas import CodeBody, DeskContactBody
from services.accounts.interface.http.staff_schemas import VouchBody
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.callers import address_of, callers

router = APIRouter(tags=["patients"])
Desk = Annotated[Principal, callers(Role.RECEPTIONIST, Role.ADMINISTRATOR)]


@router.post("/patients/{patient_id}/contact", status_code=202, description=ChangeContactAtDesk.__doc__)
async def request_change(
    request: Request, patient_id: UUID, body: DeskContactBody, caller: Desk
) -> dict[str, str]:
    contact = NewContact.parse(body.email, body.phone)
    await desk_of(request).identity.contact_at_desk.request(patient_id, contact, body.reason, caller)
    return {"status": "accepted"}


@router.post("/patients/{patient_id}/contact/completion", status_code=204)
async def confirm_change(request: Request, patient_id: UUID, body: CodeBody, caller: Desk) -> None:
    """The code that the patient received on the new contact, handed in by whoever asked for the change."""
    await desk_of(request).identity.contact_at_desk.confirm(
        patient_id, body.code, caller, address=address_of(request)
    )


@router.delete("/patients/{patient_id}/sessions", status_code=204, description=EndPersonsSessions.__doc__)
async def end_sessions(request: Request, patient_id: UUID, caller: Desk) -> None:
    await desk_of(request).staff.end_sessions.of_patient(patient_id, caller, address=address_of(request))


@router.post("/patients/{patient_id}/factor-reset", status_code=204, description=ResetFactors.__doc__)
async def reset_factors(request: Request, patient_id: UUID, body: VouchBody, caller: Desk) -> None:
    await desk_of(request).staff.reset_factors.of_patient(
        patient_id, body.how, caller, address=address_of(request)
    )
