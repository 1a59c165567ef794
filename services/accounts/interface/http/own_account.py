"""Routes by which people sign up, find their records and change their contact. Nothing is said of who exists."""

import asyncio
import time
from typing import Annotated

from fastapi import APIRouter, Request, Response

from services.accounts.application.commands.complete_sign_up import CompleteSignUp
from services.accounts.application.commands.confirm_contact_change import ConfirmContactChange
from services.accounts.application.commands.confirm_record_link import ConfirmRecordLink
from services.accounts.application.commands.request_contact_change import RequestContactChange
from services.accounts.application.commands.request_record_link import RequestRecordLink
from services.accounts.application.commands.start_sign_up import StartSignUp, TypedSignUp
from services.accounts.application.identity_desk import IdentityDesk
from services.accounts.application.queries.list_clinics import ListClinics
from services.accounts.domain.new_contact import NewContact
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.identity_schemas import (
    ClinicListView,
    CodeBody,
    ContactBody,
    ContactCodesBody,
    ContactRequestedView,
    CpfBody,
    SignUpBody,
    SignUpCompletionBody,
    SignUpView,
)
from services.accounts.interface.http.limits import CLINICS, CONTACT, RECORD_LINK, SIGN_UP, SIGN_UP_CODE
from services.accounts.interface.http.schemas import ClinicView
from services.accounts.interface.http.sessions import PEOPLE, never_stored
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.callers import address_of, callers, public

router = APIRouter(tags=["own account"])
Starter = Annotated[None, public("there is no account yet", limits=SIGN_UP)]
Finisher = Annotated[None, public("the code received is the proof", limits=SIGN_UP_CODE)]
Linker = Annotated[Principal, callers(Role.PATIENT, limits=RECORD_LINK)]
Person = Annotated[Principal, callers(*PEOPLE, limits=CONTACT)]

# Finding somebody takes a little more than finding nobody: the answer waits until both are surely over.
_ANSWER_AFTER_S = 0.25


def _identity(request: Request) -> IdentityDesk:
    return desk_of(request).identity


@router.get("/clinics", description=ListClinics.__doc__)
async def clinics(
    request: Request, _: Annotated[None, public("a clinic's name is on its door", limits=CLINICS)]
) -> ClinicListView:
    found = await _identity(request).clinics()
    return ClinicListView(items=[ClinicView(id=clinic.id, name=clinic.name) for clinic in found])


@router.post("/sign-ups", status_code=202, description=StartSignUp.__doc__)
async def start_sign_up(
    request: Request,
    response: Response,
    body: SignUpBody,
    _: Annotated[None, public("there is no account yet", limits=SIGN_UP)],
) -> SignUpView:
    started = time.monotonic()
    sign_up_id = await _identity(request).start_sign_up(TypedSignUp(**body.model_dump()))
    await _same_time(started)
    never_stored(response)
    return SignUpView(sign_up_id=sign_up_id)


@router.post("/sign-ups/completion", status_code=204, description=CompleteSignUp.__doc__)
async def complete_sign_up(
    request: Request,
    body: SignUpCompletionBody,
    _: Annotated[None, public("the code received is the proof", limits=SIGN_UP_CODE)],
) -> None:
    await _identity(request).complete_sign_up(
        body.sign_up_id,
        body.code,
        body.password.get_secret_value(),
        shown=body.shown,
        address=address_of(request),
    )


@router.post("/me/record-link", status_code=202, description=RequestRecordLink.__doc__)
async def request_record_link(request: Request, body: CpfBody, caller: Linker) -> dict[str, str]:
    started = time.monotonic()
    await _identity(request).request_record_link(body.cpf, caller)
    await _same_time(started)
    return {"status": "accepted"}


@router.post("/me/record-link/completion", status_code=204, description=ConfirmRecordLink.__doc__)
async def confirm_record_link(request: Request, body: CodeBody, caller: Linker) -> None:
    await _identity(request).confirm_record_link(body.code, caller, address=address_of(request))


@router.post("/me/contact", status_code=202, description=RequestContactChange.__doc__)
async def request_contact_change(request: Request, body: ContactBody, caller: Person) -> ContactRequestedView:
    contact = NewContact.parse(body.email, body.phone)
    both = await _identity(request).request_contact_change(contact, caller)
    return ContactRequestedView(old_contact_confirms=both)


@router.post("/me/contact/completion", status_code=204, description=ConfirmContactChange.__doc__)
async def confirm_contact_change(request: Request, body: ContactCodesBody, caller: Person) -> None:
    await _identity(request).confirm_contact_change(body.codes(), caller, address=address_of(request))


async def _same_time(started: float) -> None:
    await asyncio.sleep(max(0.0, started + _ANSWER_AFTER_S - time.monotonic()))
