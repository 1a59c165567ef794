"""The second step of a sign-in."""

from uuid import UUID

from services.accounts.application.commands.begin_sign_in import Pending, SignInStep
from services.accounts.application.commands.prove_second_factor import Proof, ProveSecondFactor
from services.accounts.application.ports import Credentials, Directory, Transactions, Work
from services.accounts.application.session_tokens import identity_in
from services.accounts.application.start_session import StartSession
from services.accounts.application.tickets import bearer_of, open_ticket
from services.accounts.application.visitor import Recognition, Visitor
from services.accounts.domain.account import Account
from services.accounts.domain.errors import FACTOR_NOT_ACCEPTED, TICKET_ENDED
from services.accounts.domain.second_factor import ENROLLED, factors_for
from services.accounts.domain.ticket import Errand
from services.shared.kernel.clock import Clock


class ProveSignIn:
    """One of the factors that the ticket was given for; the strongest that was set up is never passed by with a
    weaker kind. The ticket ends with the session it opens. Staff who proved their contact alone go on to set up an
    authenticator; the ticket remembers that they proved it.
    """

    def __init__(
        self,
        *,
        transactions: Transactions,
        directory: Directory,
        second_factor: ProveSecondFactor,
        start_session: StartSession,
        recognition: Recognition,
        clock: Clock,
    ) -> None:
        self._transactions = transactions
        self._directory = directory
        self._second_factor = second_factor
        self._start_session = start_session
        self._recognition = recognition
        self._clock = clock

    async def __call__(self, token: str, proof: Proof, visitor: Visitor) -> SignInStep:
        person_id = await bearer_of(self._directory, token)
        async with self._transactions.write(person_id=person_id) as work:
            ticket = await open_ticket(work, token, Errand.SIGN_IN, self._clock.now())
            account, credentials = await person_of(work, person_id)
            if proof.factor not in factors_at_sign_in(account, credentials):
                raise FACTOR_NOT_ACCEPTED.error()
        await self._second_factor(person_id, proof, ticket=ticket, device=ticket.device)
        async with self._transactions.write(person_id=person_id) as work:
            ticket = await open_ticket(work, token, Errand.SIGN_IN, self._clock.now())
            account, credentials = await person_of(work, person_id)
            if account.is_staff and not ENROLLED & credentials.factors:
                await work.tickets.put(ticket.was_proved())
                return Pending(token, must_enrol=True)
            if not await work.tickets.remove(ticket.token_hash):
                raise TICKET_ENDED.error()
            identity = await identity_in(work, account, ticket.clinic_id)
            device = self._recognition.device_of(visitor)
            return await self._start_session(work, identity, device, address=visitor.address)


def factors_at_sign_in(account: Account, credentials: Credentials) -> tuple[str, ...]:
    return factors_for(
        has=credentials.factors,
        is_staff=account.is_staff,
        is_reachable=account.is_reachable,
        by_contact=credentials.by_contact,
    )


async def person_of(work: Work, person_id: UUID) -> tuple[Account, Credentials]:
    """Return whom a ticket is about; raise `ticket_ended` when the person is gone meanwhile."""
    account = await work.accounts.get(person_id)
    credentials = await work.credentials.get(person_id)
    if account is None or credentials is None:
        raise TICKET_ENDED.error()
    return account, credentials
