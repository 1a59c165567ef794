"""Routes of proving a second factor again."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from services.accounts.application.commands.prepare_step_up import PrepareStepUp
from services.accounts.application.commands.step_up import StepUp
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.limits import STEP_UP, STEP_UP_CODE
from services.accounts.interface.http.schemas import AccessTokenView
from services.accounts.interface.http.security_schemas import ChallengeView, StepUpBody, TicketView
from services.accounts.interface.http.sessions import PEOPLE, never_stored
from services.shared.kernel.principal import Principal
from services.shared.platform.http.callers import address_of, callers

router = APIRouter(tags=["step-up"])


@router.post("/step-up", description=StepUp.__doc__)
async def step_up(
    request: Request,
    response: Response,
    body: StepUpBody,
    caller: Annotated[Principal, callers(*PEOPLE, limits=STEP_UP)],
) -> AccessTokenView:
    ticket = body.ticket.get_secret_value() if body.ticket else None
    token = await desk_of(request).step_up(body.proof(), caller, address=address_of(request), token=ticket)
    never_stored(response)
    return AccessTokenView(access_token=token.value, expires_in=token.expires_in)


@router.post("/step-up/passkey-options", description=PrepareStepUp.__doc__)
async def challenge(
    request: Request, response: Response, caller: Annotated[Principal, callers(*PEOPLE)]
) -> ChallengeView:
    found = await desk_of(request).security.prepare_step_up.challenge(caller)
    never_stored(response)
    return ChallengeView.of(found)


@router.post("/step-up/code", description=PrepareStepUp.__doc__)
async def send_code(
    request: Request, response: Response, caller: Annotated[Principal, callers(*PEOPLE, limits=STEP_UP_CODE)]
) -> TicketView:
    ticket = await desk_of(request).security.prepare_step_up.send_code(caller)
    never_stored(response)
    return TicketView(ticket=ticket)
