"""Routes of signing in step by step: password, second factor, or a passkey alone."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from services.accounts.application.commands.begin_sign_in import BeginSignIn
from services.accounts.application.commands.challenge_passkey import ChallengePasskey
from services.accounts.application.commands.enrol_at_sign_in import EnrolAtSignIn
from services.accounts.application.commands.prove_sign_in import ProveSignIn
from services.accounts.application.commands.send_sign_in_code import SendSignInCode
from services.accounts.application.commands.sign_in_with_passkey import SignInWithPasskey
from services.accounts.application.visitor import Visitor
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.limits import SIGN_IN, SIGN_IN_CODE, SIGN_IN_STEP
from services.accounts.interface.http.schemas import SessionView
from services.accounts.interface.http.security_schemas import (
    BeginBody,
    ChallengeView,
    ConfirmationBody,
    EnrolledView,
    MaybeTicketBody,
    NewAuthenticatorView,
    PasskeySignInBody,
    SignInProofBody,
    SignInView,
    TicketBody,
)
from services.accounts.interface.http.sessions import agent_of, never_stored
from services.shared.platform.http.callers import address_of, public

router = APIRouter(tags=["sign-in, step by step"])
Named = Annotated[None, public("whoever signs in has no token yet", limits=SIGN_IN)]
Stranger = Annotated[None, public("whoever signs in has no token yet", limits=SIGN_IN_STEP)]
Bearer = Annotated[None, public("the ticket is the proof of the step before", limits=SIGN_IN_STEP)]
CodeWanted = Annotated[None, public("the ticket is the proof of the step before", limits=SIGN_IN_CODE)]


def visitor_of(request: Request, device: str | None) -> Visitor:
    return Visitor(address_of(request), agent_of(request), device)


@router.post("/sign-ins", description=BeginSignIn.__doc__)
async def begin(request: Request, response: Response, body: BeginBody, _: Named) -> SignInView:
    step = await desk_of(request).security.begin_sign_in(
        body.login,
        body.password.get_secret_value(),
        visitor_of(request, body.device),
        clinic_id=body.clinic_id,
    )
    never_stored(response)
    return SignInView.of(step)


@router.post("/sign-ins/proof", description=ProveSignIn.__doc__)
async def prove(request: Request, response: Response, body: SignInProofBody, _: Bearer) -> SignInView:
    step = await desk_of(request).security.prove_sign_in(
        body.ticket.get_secret_value(), body.proof(), visitor_of(request, body.device)
    )
    never_stored(response)
    return SignInView.of(step)


@router.post("/sign-ins/code", status_code=202, description=SendSignInCode.__doc__)
async def send_code(request: Request, body: TicketBody, _: CodeWanted) -> dict[str, str]:
    await desk_of(request).security.send_sign_in_code(body.ticket.get_secret_value())
    return {"status": "accepted"}


@router.post("/sign-ins/passkey-options", description=ChallengePasskey.__doc__)
async def challenge(
    request: Request, response: Response, body: MaybeTicketBody, _: Stranger
) -> ChallengeView:
    token = body.ticket.get_secret_value() if body.ticket else None
    found = await desk_of(request).security.challenge_passkey(token)
    never_stored(response)
    return ChallengeView.of(found)


@router.post("/sign-ins/passkey", description=SignInWithPasskey.__doc__)
async def with_passkey(
    request: Request, response: Response, body: PasskeySignInBody, _: Stranger
) -> SessionView:
    signed_in = await desk_of(request).security.sign_in_with_passkey(
        body.ticket.get_secret_value(), body.credential, visitor_of(request, body.device)
    )
    never_stored(response)
    return SessionView.of(signed_in)


@router.post("/sign-ins/totp", description=EnrolAtSignIn.__doc__)
async def begin_enrolment(
    request: Request, response: Response, body: TicketBody, _: Bearer
) -> NewAuthenticatorView:
    new = await desk_of(request).security.enrol_at_sign_in.begin(body.ticket.get_secret_value())
    never_stored(response)
    return NewAuthenticatorView.of(new)


@router.post("/sign-ins/totp/confirmation", description=EnrolAtSignIn.__doc__)
async def confirm_enrolment(
    request: Request, response: Response, body: ConfirmationBody, _: Bearer
) -> EnrolledView:
    enrolled = await desk_of(request).security.enrol_at_sign_in.confirm(
        body.ticket.get_secret_value(), body.code, visitor_of(request, body.device)
    )
    never_stored(response)
    return EnrolledView(
        session=SessionView.of(enrolled.signed_in), recovery_codes=list(enrolled.recovery_codes)
    )
