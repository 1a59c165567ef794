"""Routes of signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from services.accounts.application.commands.refresh_session import RefreshSession
from services.accounts.application.commands.sign_in import SignIn
from services.accounts.application.commands.sign_out import SignOut
from services.accounts.application.commands.step_up import StepUp
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.limits import REFRESH, SIGN_IN, STEP_UP
from services.accounts.interface.http.schemas import (
    AccessTokenView,
    RefreshBody,
    SessionView,
    SignInBody,
    StepUpBody,
)
from services.shared.kernel.principal import STAFF, Principal, Role
from services.shared.platform.http.callers import address_of, callers, public

PEOPLE = (Role.PATIENT, *sorted(STAFF))
router = APIRouter(tags=["sessions"])


@router.post("/sessions", description=SignIn.__doc__)
async def sign_in(
    request: Request,
    response: Response,
    body: SignInBody,
    _: Annotated[None, public("whoever signs in has no token yet", limits=SIGN_IN)],
) -> SessionView:
    signed_in = await desk_of(request).sign_in(
        body.login,
        body.password.get_secret_value(),
        body.code,
        address=address_of(request),
        clinic_id=body.clinic_id,
    )
    never_stored(response)
    return SessionView.of(signed_in)


@router.post("/sessions/refresh", description=RefreshSession.__doc__)
async def refresh(
    request: Request,
    response: Response,
    body: RefreshBody,
    _: Annotated[None, public("the refresh token is the proof", limits=REFRESH)],
) -> SessionView:
    signed_in = await desk_of(request).refresh(
        body.refresh_token.get_secret_value(), address=address_of(request)
    )
    never_stored(response)
    return SessionView.of(signed_in)


@router.delete("/sessions/current", status_code=204, description=SignOut.__doc__)
async def sign_out(request: Request, caller: Annotated[Principal, callers(*PEOPLE)]) -> None:
    await desk_of(request).sign_out(caller)


@router.post("/step-up", description=StepUp.__doc__)
async def step_up(
    request: Request,
    response: Response,
    body: StepUpBody,
    caller: Annotated[Principal, callers(*PEOPLE, limits=STEP_UP)],
) -> AccessTokenView:
    token = await desk_of(request).step_up(body.code, caller, address=address_of(request))
    never_stored(response)
    return AccessTokenView(access_token=token.value, expires_in=token.expires_in)


def never_stored(response: Response) -> None:
    response.headers["Cache-Control"] = "no-store"
