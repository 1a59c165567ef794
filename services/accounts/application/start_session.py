"""Starts the session of somebody who has proved enough, and tells the person when the device is new."""

from uuid import UUID

from services.accounts.application.audit_trail import audit_person
from services.accounts.application.ports import TokenIssuer, Work
from services.accounts.application.session_tokens import Identity, SignedIn, new_refresh_token, signed_in
from services.accounts.application.visitor import Recognition
from services.accounts.domain.device import Device
from services.accounts.domain.events import SignedInFromNewDevice
from services.accounts.domain.session import Session
from services.shared.kernel.clock import Clock
from services.shared.kernel.ids import new_id


class StartSession:
    """A new session is a new family of tokens; nothing of an older one is reused. Nobody is warned of their first
    sign-in ever: there is no device to compare with.
    """

    def __init__(self, issuer: TokenIssuer, recognition: Recognition, clock: Clock) -> None:
        self._issuer = issuer
        self._recognition = recognition
        self._clock = clock

    async def __call__(
        self, work: Work, identity: Identity, device: Device, *, address: str | None
    ) -> SignedIn:
        now, account = self._clock.now(), identity.account
        clinic_id: UUID | None = identity.clinic.id if identity.clinic else None
        session = Session(new_id(), account.id, clinic_id, started_at=now, last_used_at=now, device=device)
        token, token_hash = new_refresh_token()
        await work.sessions.start(session, token_hash)
        is_known, any_known = await work.devices.seen(account.id, self._recognition.trace_of(device), now)
        if any_known and not is_known:
            work.record(
                SignedInFromNewDevice(
                    occurred_at=now, account_id=account.id, clinic_id=account.home_clinic_id
                )
            )
        await audit_person(
            work,
            account.id,
            "session.start",
            now,
            address=address,
            resource=f"session/{session.id}",
            roles=identity.roles,
            clinic_id=clinic_id,
        )
        return signed_in(self._issuer, identity, session, token, now)
