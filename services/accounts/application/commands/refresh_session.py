"""Gives a fresh pair of tokens for a refresh token."""

from services.accounts.application.key_ports import TokenIssuer
from services.accounts.application.ports import Directory, Transactions, Work
from services.accounts.application.session_tokens import (
    SignedIn,
    hash_refresh_token,
    identity_in,
    new_refresh_token,
    signed_in,
)
from services.accounts.domain.errors import SESSION_ENDED
from services.accounts.domain.session import RefreshVerdict, Session, judge_refresh
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.clock import Clock


class RefreshSession:
    """A refresh token is good once. One that comes again was copied: the whole session ends, for thief and owner
    alike, and the owner signs in anew. Sessions end after 12 hours without use and after 7 days in any case.
    Roles and language are read afresh, so a role taken away is gone with the next token.
    """

    def __init__(
        self, transactions: Transactions, directory: Directory, issuer: TokenIssuer, clock: Clock
    ) -> None:
        self._transactions = transactions
        self._directory = directory
        self._issuer = issuer
        self._clock = clock

    async def __call__(self, refresh_token: str, *, address: str | None) -> SignedIn:
        token_hash = hash_refresh_token(refresh_token)
        person_id = await self._directory.person_of_refresh_token(token_hash)
        if person_id is None:
            raise SESSION_ENDED.error()
        async with self._transactions.write(person_id=person_id) as work:
            renewed = await self._renew(work, token_hash, address)
        if renewed is None:  # raised out here, so that the end of a stolen session is committed
            raise SESSION_ENDED.error()
        return renewed

    async def _renew(self, work: Work, token_hash: bytes, address: str | None) -> SignedIn | None:
        found = await work.sessions.by_token(token_hash)
        if found is None:
            return None
        session, used_at = found
        now = self._clock.now()
        verdict = judge_refresh(session, used_at, now)
        if verdict is RefreshVerdict.REUSED:
            await work.sessions.save(session.revoked(now))
            await work.audit(self._reuse(session, address))
        account = await work.accounts.get(session.person_id)
        if verdict is not RefreshVerdict.ROTATED or account is None:
            return None
        identity = await identity_in(work, account, session.clinic_id)
        token, fresh_hash = new_refresh_token()
        session = session.used(now)
        await work.sessions.rotate(session, token_hash, fresh_hash)
        return signed_in(self._issuer, identity, session, token, now)

    def _reuse(self, session: Session, address: str | None) -> AuditEntry:
        return AuditEntry(
            at=self._clock.now(),
            actor_id=session.person_id,
            actor_roles=(),
            action="session.refresh_reused",
            clinic_id=session.clinic_id,
            resource=f"session/{session.id}",
            purpose="security",
            address=address,
        )
