"""Routes of what protects the caller's account: authenticator, passkeys, recovery codes, codes to the contact."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.accounts.application.commands.choose_contact_codes import ChooseContactCodes
from services.accounts.application.commands.enrol_authenticator import EnrolAuthenticator
from services.accounts.application.commands.keep_passkeys import KeepPasskeys
from services.accounts.application.commands.renew_recovery_codes import RenewRecoveryCodes
from services.accounts.application.queries.account_security import AccountSecurity
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.security_schemas import (
    AddedPasskeyView,
    AddPasskeyBody,
    ChallengeView,
    ChoiceBody,
    ConfirmationBody,
    NameBody,
    NewAuthenticatorView,
    PasskeyView,
    RecoveryCodesView,
    SecurityView,
)
from services.accounts.interface.http.sessions import PEOPLE, never_stored
from services.shared.kernel.principal import Principal
from services.shared.platform.http.callers import address_of, callers

router = APIRouter(prefix="/me", tags=["account security"])
Caller = Annotated[Principal, callers(*PEOPLE)]


@router.get("/security", description=AccountSecurity.__doc__)
async def overview(request: Request, response: Response, caller: Caller) -> SecurityView:
    found = await desk_of(request).security.overview(caller)
    never_stored(response)
    return SecurityView.of(found, caller.session_id)


@router.post("/totp", description=EnrolAuthenticator.__doc__)
async def begin_totp(request: Request, response: Response, caller: Caller) -> NewAuthenticatorView:
    new = await desk_of(request).security.authenticator.begin(caller)
    never_stored(response)
    return NewAuthenticatorView.of(new)


@router.post("/totp/confirmation", description=EnrolAuthenticator.__doc__)
async def confirm_totp(
    request: Request, response: Response, body: ConfirmationBody, caller: Caller
) -> RecoveryCodesView:
    codes = await desk_of(request).security.authenticator.confirm(
        body.ticket.get_secret_value(), body.code, caller, address=address_of(request)
    )
    never_stored(response)
    return RecoveryCodesView(recovery_codes=list(codes))


@router.delete("/totp", status_code=204, description=EnrolAuthenticator.__doc__)
async def remove_totp(request: Request, caller: Caller) -> None:
    await desk_of(request).security.authenticator.remove(caller, address=address_of(request))


@router.post("/passkeys/options", description=KeepPasskeys.__doc__)
async def begin_passkey(request: Request, response: Response, caller: Caller) -> ChallengeView:
    challenge = await desk_of(request).security.passkeys.begin(caller)
    never_stored(response)
    return ChallengeView.of(challenge)


@router.post("/passkeys", status_code=201, description=KeepPasskeys.__doc__)
async def add_passkey(
    request: Request, response: Response, body: AddPasskeyBody, caller: Caller
) -> AddedPasskeyView:
    added = await desk_of(request).security.passkeys.add(
        body.ticket.get_secret_value(), body.credential, body.name, caller, address=address_of(request)
    )
    never_stored(response)
    return AddedPasskeyView(
        **PasskeyView.of(added.passkey).model_dump(), recovery_codes=list(added.recovery_codes)
    )


@router.put("/passkeys/{passkey_id}", status_code=204, description=KeepPasskeys.__doc__)
async def rename_passkey(request: Request, passkey_id: UUID, body: NameBody, caller: Caller) -> None:
    await desk_of(request).security.passkeys.rename(passkey_id, body.name, caller)


@router.delete("/passkeys/{passkey_id}", status_code=204, description=KeepPasskeys.__doc__)
async def remove_passkey(request: Request, passkey_id: UUID, caller: Caller) -> None:
    await desk_of(request).security.passkeys.remove(passkey_id, caller, address=address_of(request))


@router.post("/recovery-codes", description=RenewRecoveryCodes.__doc__)
async def renew_recovery_codes(request: Request, response: Response, caller: Caller) -> RecoveryCodesView:
    codes = await desk_of(request).security.renew_recovery_codes(caller, address=address_of(request))
    never_stored(response)
    return RecoveryCodesView(recovery_codes=list(codes))


@router.put("/contact-codes", status_code=204, description=ChooseContactCodes.__doc__)
async def choose_contact_codes(request: Request, body: ChoiceBody, caller: Caller) -> None:
    await desk_of(request).security.choose_contact_codes(body.wanted, caller, address=address_of(request))
