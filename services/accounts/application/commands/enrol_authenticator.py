"""Sets up an authenticator app, or takes it away."""

from dataclasses import replace

from services.accounts.application.audit_trail import audit_security
from services.accounts.application.confirmed_caller import confirmed, may_lose
from services.accounts.application.enrolment import Enrolment, NewAuthenticator
from services.accounts.application.ports import Transactions, Work
from services.accounts.application.tickets import new_ticket_token, open_ticket
from services.accounts.domain.errors import CODE_INVALID, FACTOR_NOT_ACCEPTED
from services.accounts.domain.second_factor import Factor
from services.accounts.domain.ticket import Errand, Ticket, new_ticket
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Principal


class EnrolAuthenticator:
    """After a fresh step-up. The secret is shown once and counts only when a code made from it has come back; until
    then the authenticator before stays good. The first factor brings ten recovery codes with it. Staff cannot take
    away their last factor.
    """

    def __init__(self, transactions: Transactions, enrolment: Enrolment, clock: Clock) -> None:
        self._transactions = transactions
        self._enrolment = enrolment
        self._clock = clock

    async def begin(self, caller: Principal) -> NewAuthenticator:
        token, token_hash = new_ticket_token()
        async with self._transactions.write(person_id=caller.account_id) as work:
            account, _ = await confirmed(work, caller, self._clock.now())
            ticket = new_ticket(token_hash, account.id, Errand.TOTP, self._clock.now())
            ticket = replace(ticket, session_id=caller.session_id)
            return await self._enrolment.begin(work, account, ticket, token)

    async def confirm(
        self, token: str, code: str, caller: Principal, *, address: str | None
    ) -> tuple[str, ...]:
        """Return the recovery codes, when this is the first factor."""
        async with self._transactions.write(person_id=caller.account_id) as work:
            account, _ = await confirmed(work, caller, self._clock.now())
            ticket = await self._own(work, token, caller)
            done = await self._enrolment.confirm(work, ticket, code)
            codes: tuple[str, ...] = ()
            if done:
                codes = await self._enrolment.codes_if_none(work, account)
                await audit_security(work, caller, "account.totp_added", self._clock.now(), address=address)
        if not done:  # raised out here, so that the try is counted
            raise CODE_INVALID.error(field="code")
        return codes

    async def remove(self, caller: Principal, *, address: str | None) -> None:
        now = self._clock.now()
        async with self._transactions.write(person_id=caller.account_id) as work:
            account, credentials = await confirmed(work, caller, now)
            if credentials.totp_secret is None:
                return
            may_lose(account, credentials, Factor.TOTP)
            await work.credentials.save(replace(credentials, totp_secret=None, last_totp_step=None))
            await audit_security(work, caller, "account.totp_removed", now, address=address)

    async def _own(self, work: Work, token: str, caller: Principal) -> Ticket:
        ticket = await open_ticket(work, token, Errand.TOTP, self._clock.now())
        if ticket.session_id != caller.session_id:
            raise FACTOR_NOT_ACCEPTED.error()
        return ticket
