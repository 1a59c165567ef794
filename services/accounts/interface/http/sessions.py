"""Routes of signing in and out with one request, and of the sessions that are open."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.accounts.application.commands.end_sessions import EndSessions
from services.accounts.application.commands.refresh_session import RefreshSession
from services.accounts.application.commands.sign_in import SignIn
from services.accounts.application.commands.sign_out import SignOut
from services.accounts.application.queries.account_security import AccountSecurity
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.limits import REFRESH, SIGN_IN
from services.accounts.interface.http.schemas import RefreshBody, SessionView, SignInBody
from services.accounts.interface.http.security_schemas import SessionListView
from services.shared.kernel.principal import STAFF, Principal, Role
from services.shared.platform.http.api import json_response
from services.shared.platform.http.callers import address_of, callers, public
from services.shared.platform.http.hot_routes import hot
from services.shared.platform.http.json_bodies import body_documentation, json_body

PEOPLE = (Role.PATIENT, *sorted(STAFF))
router = APIRouter(tags=["sessions"])


@router.post(
    "/sessions",
    description=SignIn.__doc__,
    response_model=None,
    responses={200: {"model": SessionView}},
    openapi_extra=body_documentation(SignInBody),
)
@hot
async def sign_in(
    request: Request, _: Annotated[None, public("whoever signs in has no token yet", limits=SIGN_IN)]
) -> Response:
    body = await json_body(request, SignInBody)
    signed_in = await desk_of(request).sign_in(
        body.login,
        body.password.get_secret_value(),
        body.code,
        address=address_of(request),
        clinic_id=body.clinic_id,
        agent=agent_of(request),
        device_token=body.device,
    )
    response = json_response(SessionView.of(signed_in).model_dump_json().encode())
    never_stored(response)
    return response


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


@router.get("/sessions", description=AccountSecurity.__doc__)
async def list_sessions(
    request: Request, response: Response, caller: Annotated[Principal, callers(*PEOPLE)]
) -> SessionListView:
    overview = await desk_of(request).security.overview(caller)
    never_stored(response)
    return SessionListView.of(overview, caller.session_id)


@router.delete("/sessions/others", status_code=204, description=EndSessions.__doc__)
async def end_other_sessions(request: Request, caller: Annotated[Principal, callers(*PEOPLE)]) -> None:
    await desk_of(request).security.end_sessions.all_others(caller, address=address_of(request))


@router.delete("/sessions/{session_id}", status_code=204, description=EndSessions.__doc__)
async def end_session(
    request: Request, session_id: UUID, caller: Annotated[Principal, callers(*PEOPLE)]
) -> None:
    await desk_of(request).security.end_sessions.one(session_id, caller, address=address_of(request))


def never_stored(response: Response) -> None:
    response.headers["Cache-Control"] = "no-store"


def agent_of(request: Request) -> str:
    """What the browser calls itself; the portal passes on the person's."""
    return request.headers.get("user-agent", "")[:400]
