"""Routes of changing a password, and of choosing another one when it was forgotten."""

import asyncio
import time
from typing import Annotated

from fastapi import APIRouter, Request, Response

from services.accounts.application.commands.change_password import ChangePassword
from services.accounts.application.commands.request_reset import RequestReset
from services.accounts.application.commands.reset_password import ResetPassword
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.limits import CODE_REQUEST, RESET
from services.accounts.interface.http.security_schemas import (
    ChangePasswordBody,
    ResetBody,
    ResetCompletionBody,
    TicketView,
)
from services.accounts.interface.http.sessions import PEOPLE, never_stored
from services.accounts.interface.http.sign_ins import visitor_of
from services.shared.kernel.principal import Principal
from services.shared.platform.http.callers import address_of, callers, public

router = APIRouter(tags=["password"])

# Sending a code takes a few writes more than finding nobody: the answer waits until both are surely over.
_ANSWER_AFTER_S = 0.25


@router.put("/me/password", status_code=204, description=ChangePassword.__doc__)
async def change_password(
    request: Request, body: ChangePasswordBody, caller: Annotated[Principal, callers(*PEOPLE)]
) -> None:
    await desk_of(request).security.change_password(
        body.old.get_secret_value(), body.new.get_secret_value(), caller, address=address_of(request)
    )


@router.post("/password-resets", status_code=202, description=RequestReset.__doc__)
async def request_reset(
    request: Request,
    response: Response,
    body: ResetBody,
    _: Annotated[None, public("whoever forgot the password cannot sign in", limits=CODE_REQUEST)],
) -> TicketView:
    started = time.monotonic()
    ticket = await desk_of(request).security.request_reset(body.login, visitor_of(request, body.device))
    never_stored(response)
    await asyncio.sleep(max(0.0, started + _ANSWER_AFTER_S - time.monotonic()))
    return TicketView(ticket=ticket)


@router.post("/password-resets/completion", status_code=204, description=ResetPassword.__doc__)
async def reset_password(
    request: Request,
    body: ResetCompletionBody,
    _: Annotated[None, public("the code received is the proof", limits=RESET)],
) -> None:
    await desk_of(request).security.reset_password(
        body.ticket.get_secret_value(),
        body.code,
        body.password.get_secret_value(),
        visitor_of(request, body.device),
    )
