"""Lets a signed-in person prove a second factor again."""

from services.accounts.application.audit_trail import audit_security
from services.accounts.application.commands.prove_second_factor import Proof, ProveSecondFactor
from services.accounts.application.key_ports import AccessToken, TokenIssuer
from services.accounts.application.ports import Transactions, Work
from services.accounts.application.session_tokens import identity_in, principal_of
from services.accounts.application.tickets import open_ticket
from services.accounts.domain.account import Account
from services.accounts.domain.errors import FACTOR_NOT_ACCEPTED, SECOND_FACTOR_MISSING, SESSION_ENDED
from services.accounts.domain.second_factor import Factor, steps_up_with
from services.accounts.domain.session import Session
from services.accounts.domain.ticket import Errand, Ticket
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Principal


class StepUp:
    """Before a release or a sensitive result: the new access token says when the factor was proved, and what asks for
    it accepts five minutes. Any factor that was set up will do, a passkey only when it checked the person: somebody
    else may sit at the workstation. A code to the contact serves patients who have set up none, and nobody of the
    staff. The session must still be open; a challenge or a code is good in the session that asked for it alone.
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

    async def __call__(
        self, proof: Proof, caller: Principal, *, address: str | None, token: str | None = None
    ) -> AccessToken:
        async with self._transactions.write(person_id=caller.account_id) as work:
            session, _ = await self._open(work, caller)
            await self._must_accept(work, proof.factor, caller)
            ticket = await self._ticket(work, token, session)
        await self._second_factor(
            caller.account_id, proof, ticket=ticket, device=session.device.mark, verify_user=True
        )
        async with self._transactions.write(person_id=caller.account_id) as work:
            session, account = await self._open(work, caller)
            now = self._clock.now()
            session = session.stepped_up(now)
            await work.sessions.save(session)
            identity = await identity_in(work, account, session.clinic_id)
            if ticket is not None:
                await work.tickets.remove(ticket.token_hash)
            await audit_security(
                work, caller, "session.step_up", now, address=address, resource=f"session/{session.id}"
            )
        return self._issuer.for_principal(principal_of(identity, session), now)

    async def _open(self, work: Work, caller: Principal) -> tuple[Session, Account]:
        session = await work.sessions.get(caller.session_id) if caller.session_id else None
        account = await work.accounts.get(caller.account_id)
        if session is None or account is None or not session.is_open(self._clock.now()):
            raise SESSION_ENDED.error()
        return session, account

    async def _must_accept(self, work: Work, factor: Factor, caller: Principal) -> None:
        account = await work.accounts.get(caller.account_id)
        credentials = await work.credentials.get(caller.account_id)
        if account is None or credentials is None:
            raise SESSION_ENDED.error()
        accepted = steps_up_with(
            has=credentials.factors, is_staff=account.is_staff, is_reachable=account.is_reachable
        )
        if not accepted:
            raise SECOND_FACTOR_MISSING.error()
        if factor not in accepted:
            raise FACTOR_NOT_ACCEPTED.error()

    async def _ticket(self, work: Work, token: str | None, session: Session) -> Ticket | None:
        if token is None:
            return None
        ticket = await open_ticket(work, token, Errand.STEP_UP, self._clock.now())
        if ticket.session_id != session.id:
            raise FACTOR_NOT_ACCEPTED.error()
        return ticket
