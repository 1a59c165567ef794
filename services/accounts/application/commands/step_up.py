"""Lets a signed-in person prove the second factor again."""

from services.accounts.application.commands.prove_second_factor import ProveSecondFactor
from services.accounts.application.ports import AccessToken, TokenIssuer, Transactions
from services.accounts.application.session_tokens import identity_in, principal_of
from services.accounts.domain.errors import SESSION_ENDED
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Principal


class StepUp:
    """Before a release or a sensitive result: the new access token says when the code was proved, and what asks for
    it accepts five minutes. The session must still be open.
    """

    def __init__(
        self,
        transactions: Transactions,
        second_factor: ProveSecondFactor,
        issuer: TokenIssuer,
        clock: Clock,
    ) -> None:
        self._transactions = transactions
        self._second_factor = second_factor
        self._issuer = issuer
        self._clock = clock

    async def __call__(self, code: str, caller: Principal, *, address: str | None) -> AccessToken:
        await self._second_factor(caller.account_id, code)
        now = self._clock.now()
        async with self._transactions.write(person_id=caller.account_id) as work:
            session = await work.sessions.get(caller.session_id) if caller.session_id else None
            account = await work.accounts.get(caller.account_id)
            if session is None or account is None or not session.is_open(now):
                raise SESSION_ENDED.error()
            session = session.stepped_up(now)
            await work.sessions.save(session)
            identity = await identity_in(work, account, session.clinic_id)
            await work.audit(
                AuditEntry(
                    at=now,
                    actor_id=caller.account_id,
                    actor_roles=tuple(sorted(identity.roles)),
                    action="session.step_up",
                    clinic_id=session.clinic_id,
                    resource=f"session/{session.id}",
                    purpose="authentication",
                    address=address,
                )
            )
        return self._issuer.for_principal(principal_of(identity, session), now)
