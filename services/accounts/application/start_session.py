"""Starts the session of somebody who has proved enough, and tells the person when the device is new."""

from dataclasses import replace
from datetime import datetime

from services.accounts.application.audit_trail import entry_of
from services.accounts.application.check_password import Checked
from services.accounts.application.key_ports import TokenIssuer
from services.accounts.application.ports import Transactions, Work
from services.accounts.application.session_tokens import (
    Identity,
    SignedIn,
    identity_of_patient,
    new_refresh_token,
    signed_in,
)
from services.accounts.application.sign_in_ports import Opening
from services.accounts.application.visitor import Recognition
from services.accounts.domain.account import Account
from services.accounts.domain.device import Device
from services.accounts.domain.errors import SIGN_IN_FAILED
from services.accounts.domain.events import SignedInFromNewDevice
from services.accounts.domain.session import Session
from services.shared.kernel.clock import Clock
from services.shared.kernel.ids import new_id


class StartSession:
    """A new session is a new family of tokens; nothing of an older one is reused. Nobody is warned of their first
    sign-in ever: there is no device to compare with.
    """

    def __init__(
        self, transactions: Transactions, issuer: TokenIssuer, recognition: Recognition, clock: Clock
    ) -> None:
        self._transactions = transactions
        self._issuer = issuer
        self._recognition = recognition
        self._clock = clock

    async def __call__(
        self, work: Work, identity: Identity, device: Device, *, address: str | None
    ) -> SignedIn:
        now = self._clock.now()
        trace = self._recognition.trace_of(device)
        opening, token = _opening(identity, device, trace, address, now)
        await work.sessions.start(opening.session, opening.token_hash)
        is_known, any_known = await work.devices.seen(identity.account.id, opening.trace, now)
        if any_known and not is_known:
            work.record(_warning(identity.account, now))
        await work.audit(opening.audit)
        return signed_in(self._issuer, identity, opening.session, token, now)

    async def of_patient(self, checked: Checked, device: Device, *, address: str | None) -> SignedIn:
        """Start it after the password alone, in one write: raise `sign_in_failed` when that was changed meanwhile."""
        identity, now = identity_of_patient(checked.account), self._clock.now()
        if checked.fresh_hash is not None:
            async with self._transactions.write(person_id=checked.person_id) as work:
                await checked.keep_hash(work)
                return await self(work, identity, device, address=address)
        opening, token = _opening(identity, device, checked.trace, address, now)
        if checked.is_new_device:
            opening = replace(opening, warning=_warning(checked.account, now))
        if not await self._transactions.open_session(opening, checked.password_hash):
            raise SIGN_IN_FAILED.error()
        return signed_in(self._issuer, identity, opening.session, token, now)


def _opening(
    identity: Identity, device: Device, trace: bytes, address: str | None, now: datetime
) -> tuple[Opening, str]:
    """Return what is to be written, and the refresh token, of which only the hash is."""
    person_id, clinic_id = identity.account.id, identity.clinic.id if identity.clinic else None
    session = Session(new_id(), person_id, clinic_id, started_at=now, last_used_at=now, device=device)
    token, token_hash = new_refresh_token()
    audit = entry_of(
        person_id,
        "session.start",
        now,
        address=address,
        resource=f"session/{session.id}",
        roles=identity.roles,
        clinic_id=clinic_id,
    )
    return Opening(session, token_hash, trace, audit), token


def _warning(account: Account, now: datetime) -> SignedInFromNewDevice:
    return SignedInFromNewDevice(occurred_at=now, account_id=account.id, clinic_id=account.home_clinic_id)
