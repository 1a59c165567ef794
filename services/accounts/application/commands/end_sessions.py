"""Ends one of the caller's sessions, or all but the one at hand."""

from datetime import datetime
from uuid import UUID

from services.accounts.application.audit_trail import audit_security
from services.accounts.application.ports import Transactions, Work
from services.accounts.domain.errors import STEP_UP_REQUIRED
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


class EndSessions:
    """What was ended is worth nothing from now on: its refresh token at once, its access token as soon as the
    verifiers have heard of it, which takes about a second. Ending what has ended is no error; the sessions of others
    do not exist. For whoever signed in or confirmed within the last five minutes (ASVS 5.0, 7.5.2): a thief at a
    browser left open does not lock its owner out. Signing out needs no such proof.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def one(self, session_id: UUID, caller: Principal, *, address: str | None) -> None:
        now = self._clock.now()
        async with self._transactions.write(person_id=caller.account_id) as work:
            await self._must_have_proved_lately(work, caller, now)
            session = await work.sessions.get(session_id)
            if session is None:
                raise NOT_FOUND.error()
            if session.revoked_at is None:
                await work.sessions.save(session.revoked(now))
                await audit_security(
                    work, caller, "session.end", now, address=address, resource=f"session/{session.id}"
                )

    async def all_others(self, caller: Principal, *, address: str | None) -> int:
        now = self._clock.now()
        async with self._transactions.write(person_id=caller.account_id) as work:
            await self._must_have_proved_lately(work, caller, now)
            ended = await work.sessions.end_all(caller.account_id, now, but=caller.session_id)
            if ended:
                await audit_security(work, caller, "session.end_others", now, address=address)
        return ended

    async def _must_have_proved_lately(self, work: Work, caller: Principal, now: datetime) -> None:
        own = await work.sessions.get(caller.session_id) if caller.session_id else None
        if own is None or not own.proved_lately(now):
            raise STEP_UP_REQUIRED.error()
