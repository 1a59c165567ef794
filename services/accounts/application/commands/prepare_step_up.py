"""Prepares a step-up that needs something sent first: a challenge for a passkey, a code to the contact."""

from dataclasses import replace

from services.accounts.application.commands.challenge_passkey import Challenge
from services.accounts.application.contact_codes import ContactCodes
from services.accounts.application.ports import Transactions, Work
from services.accounts.application.sign_in_ports import PasskeyCeremonies
from services.accounts.application.tickets import new_ticket_token
from services.accounts.domain.errors import FACTOR_NOT_ACCEPTED, SESSION_ENDED
from services.accounts.domain.passkey import new_challenge
from services.accounts.domain.second_factor import Factor, steps_up_with
from services.accounts.domain.ticket import Errand, Ticket, new_ticket
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Principal


class PrepareStepUp:
    """The ticket is bound to the caller's session. Codes to the contact are for patients who have neither an
    authenticator nor a passkey, a minute apart and five an hour.
    """

    def __init__(
        self,
        transactions: Transactions,
        ceremonies: PasskeyCeremonies,
        codes: ContactCodes,
        clock: Clock,
    ) -> None:
        self._transactions = transactions
        self._ceremonies = ceremonies
        self._codes = codes
        self._clock = clock

    async def challenge(self, caller: Principal) -> Challenge:
        (token, token_hash), challenge = new_ticket_token(), new_challenge()
        async with self._transactions.write(person_id=caller.account_id) as work:
            known = await work.passkeys.of_person(caller.account_id)
            if not known:
                raise FACTOR_NOT_ACCEPTED.error()
            await work.tickets.put(self._ticket(token_hash, caller).challenged(challenge))
        return Challenge(token, self._ceremonies.authentication(known, challenge, verify_user=True))

    async def send_code(self, caller: Principal) -> str:
        """Return the ticket that takes the code."""
        token, token_hash = new_ticket_token()
        async with self._transactions.write(person_id=caller.account_id) as work:
            session = await work.sessions.get(caller.session_id) if caller.session_id else None
            account = await work.accounts.get(caller.account_id)
            if session is None or account is None:
                raise SESSION_ENDED.error()
            if Factor.CONTACT_CODE not in await self._accepted(work, caller):
                raise FACTOR_NOT_ACCEPTED.error()
            ticket = replace(self._ticket(token_hash, caller), device=session.device.mark)
            await self._codes.send(work, account, ticket, self._clock.now())
        return token

    async def _accepted(self, work: Work, caller: Principal) -> tuple[Factor, ...]:
        account = await work.accounts.get(caller.account_id)
        credentials = await work.credentials.get(caller.account_id)
        if account is None or credentials is None:
            return ()
        return steps_up_with(
            has=credentials.factors, is_staff=account.is_staff, is_reachable=account.is_reachable
        )

    def _ticket(self, token_hash: bytes, caller: Principal) -> Ticket:
        ticket = new_ticket(token_hash, caller.account_id, Errand.STEP_UP, self._clock.now())
        return replace(ticket, session_id=caller.session_id)
