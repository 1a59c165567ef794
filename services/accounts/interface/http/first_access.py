"""Routes for people who have no password yet."""

import asyncio
import time
from typing import Annotated

from fastapi import APIRouter, Request

from services.accounts.application.commands.complete_first_access import CompleteFirstAccess
from services.accounts.application.commands.request_first_access import RequestFirstAccess
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.limits import CODE_REQUEST, FIRST_ACCESS
from services.accounts.interface.http.schemas import CompletionBody, FirstAccessBody
from services.shared.platform.http.callers import address_of, public

router = APIRouter(tags=["first access"])

# Sending a code takes a few writes more than finding nobody: the answer waits until both are surely over.
_ANSWER_AFTER_S = 0.25


@router.post("/first-access", status_code=202, description=RequestFirstAccess.__doc__)
async def request_first_access(
    request: Request,
    body: FirstAccessBody,
    _: Annotated[None, public("there is no password yet", limits=CODE_REQUEST)],
) -> dict[str, str]:
    started = time.monotonic()
    await desk_of(request).request_first_access(body.login)
    await asyncio.sleep(max(0.0, started + _ANSWER_AFTER_S - time.monotonic()))
    return {"status": "accepted"}


@router.post("/first-access/completion", status_code=204, description=CompleteFirstAccess.__doc__)
async def complete_first_access(
    request: Request,
    body: CompletionBody,
    _: Annotated[None, public("the code received is the proof", limits=FIRST_ACCESS)],
) -> None:
    await desk_of(request).complete_first_access(
        body.login, body.code, body.password.get_secret_value(), address=address_of(request)
    )
