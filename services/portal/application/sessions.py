"""Opens, keeps alive and closes sessions. The browser's cookie is the opaque id and nothing else."""

import asyncio
import secrets
from dataclasses import replace

from services.portal.application.api.accounts import AccountsApi
from services.portal.application.api.security import SecurityApi
from services.portal.application.ports import Caller, Json, SealedStore
from services.portal.application.problems import ApiProblem, unreachable
from services.portal.application.session import Account, Session, session_from_json, session_of
from services.shared.kernel.clock import Clock

_STEP_UP_MARGIN_S = 10
_REFRESH_CLAIM_S = 10
_REFRESH_POLL_S = 0.05
_SLOTS = ("session", "pending", "first-access", "reset", "challenge", "step-up", "totp")


def new_session_id() -> str:
    return secrets.token_urlsafe(32)


class Sessions:
    def __init__(
        self, accounts: AccountsApi, security: SecurityApi, store: SealedStore, clock: Clock, idle_s: int
    ) -> None:
        self._accounts = accounts
        self._security = security
        self._store = store
        self._clock = clock
        self._idle_s = idle_s

    async def open(self, visitor_id: str, granted: Json) -> Session:
        """Start a session under a new id: an id known before the sign-in (fixed by somebody) is worth nothing."""
        session = session_of(new_session_id(), granted, self._now())
        await self._save(session)
        await self._store.delete(visitor_id, *_SLOTS)
        return session

    async def resume(self, session_id: str, caller: Caller) -> Session | None:
        """Return the session with a usable access token, renewing it once however many requests come at a time."""
        give_up_at = self._now() + _REFRESH_CLAIM_S
        while True:
            session = await self._load(session_id)
            if session is None or session.is_fresh(self._now()):
                return session
            if await self._store.claim(session_id, "refresh", _REFRESH_CLAIM_S):
                try:
                    return await self._refresh(session_id, caller)
                finally:
                    await self._store.release(session_id, "refresh")
            if self._now() >= give_up_at:
                raise unreachable()
            await asyncio.sleep(_REFRESH_POLL_S)

    async def close(self, session: Session, caller: Caller) -> None:
        """Forget the session here, and revoke it at the issuer; the person is out even if the issuer is down."""
        await self._store.delete(session.id, *_SLOTS)
        try:
            await self._accounts.sign_out(caller)
        except ApiProblem:
            return  # the tokens are gone from the portal and end by themselves

    async def drop(self, session_id: str) -> None:
        await self._store.delete(session_id, *_SLOTS)

    async def step_up(self, session: Session, proof: Json, caller: Caller) -> Session:
        """Go on under a new id: with more rights, an id that somebody saw or fixed before is worth nothing."""
        granted = await self._security.step_up(caller, proof)
        ends = self._now() + min(float(granted["expires_in"]), 300.0) - _STEP_UP_MARGIN_S
        stepped = replace(
            session,
            id=new_session_id(),
            stepped_up_token=str(granted["access_token"]),
            stepped_up_until=ends,
        )
        await self._save(stepped)
        await self._store.delete(session.id, *_SLOTS)
        return stepped

    async def speak(self, session: Session, locale: str) -> Session:
        account = session.account
        spoken = replace(
            session, account=Account(account.id, account.name, account.roles, account.clinic_name, locale)
        )
        await self._save(spoken)
        return spoken

    def stepped_up_token(self, session: Session) -> str | None:
        return session.stepped_up(self._now())

    async def _refresh(self, session_id: str, caller: Caller) -> Session | None:
        session = await self._load(session_id)  # another request may have renewed it just before our claim
        if session is None or session.is_fresh(self._now()):
            return session
        try:
            granted = await self._accounts.refresh(caller, session.refresh_token)
        except ApiProblem as problem:
            if problem.status in (400, 401, 403):
                await self.drop(session_id)
                return None
            if session.is_usable(self._now()):
                return session  # accounts is away for a moment; the token still holds
            raise
        renewed = session.renewed(granted, self._now())
        await self._save(renewed)
        return renewed

    async def _load(self, session_id: str) -> Session | None:
        stored = await self._store.get(session_id, "session")
        return session_from_json(session_id, stored) if stored else None

    async def _save(self, session: Session) -> None:
        await self._store.put(session.id, "session", session.as_json(), self._idle_s)

    def _now(self) -> float:
        return self._clock.now().timestamp()
