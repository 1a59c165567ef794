"""Sets up the first authenticator of somebody who cannot get in without one."""

from dataclasses import dataclass

from services.accounts.application.audit_trail import audit_person
from services.accounts.application.commands.prove_sign_in import person_of
from services.accounts.application.enrolment import Enrolment, NewAuthenticator
from services.accounts.application.ports import Directory, Transactions, Work
from services.accounts.application.session_tokens import SignedIn, identity_in
from services.accounts.application.start_session import StartSession
from services.accounts.application.tickets import bearer_of, open_ticket
from services.accounts.application.visitor import Recognition, Visitor
from services.accounts.domain.errors import CODE_INVALID, FACTOR_NOT_ACCEPTED
from services.accounts.domain.second_factor import ENROLLED
from services.accounts.domain.ticket import Errand, Ticket
from services.shared.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class Enrolled:
    signed_in: SignedIn
    recovery_codes: tuple[str, ...]


class EnrolAtSignIn:
    """Password and contact were proved with this ticket, and nothing else was set up before: who has an authenticator
    or a passkey proves that, and cannot be given another this way. The session begins with the confirmed code; the
    recovery codes are shown with it, once.
    """

    def __init__(
        self,
        *,
        transactions: Transactions,
        directory: Directory,
        enrolment: Enrolment,
        start_session: StartSession,
        recognition: Recognition,
        clock: Clock,
    ) -> None:
        self._transactions = transactions
        self._directory = directory
        self._enrolment = enrolment
        self._start_session = start_session
        self._recognition = recognition
        self._clock = clock

    async def begin(self, token: str) -> NewAuthenticator:
        person_id = await bearer_of(self._directory, token)
        async with self._transactions.write(person_id=person_id) as work:
            ticket = await self._proved(work, token)
            account, _ = await person_of(work, person_id)
            return await self._enrolment.begin(work, account, ticket, token)

    async def confirm(self, token: str, code: str, visitor: Visitor) -> Enrolled:
        person_id, enrolled = await bearer_of(self._directory, token), None
        async with self._transactions.write(person_id=person_id) as work:
            ticket = await self._proved(work, token)
            if await self._enrolment.confirm(work, ticket, code):
                enrolled = await self._enter(work, ticket, visitor)
        if enrolled is None:  # raised out here, so that the try is counted
            raise CODE_INVALID.error(field="code")
        return enrolled

    async def _proved(self, work: Work, token: str) -> Ticket:
        ticket = await open_ticket(work, token, Errand.SIGN_IN, self._clock.now())
        _, credentials = await person_of(work, ticket.person_id)
        if not ticket.proved or ENROLLED & credentials.factors:
            raise FACTOR_NOT_ACCEPTED.error()
        return ticket

    async def _enter(self, work: Work, ticket: Ticket, visitor: Visitor) -> Enrolled:
        account, _ = await person_of(work, ticket.person_id)
        codes = await self._enrolment.codes_if_none(work, account)
        identity = await identity_in(work, account, ticket.clinic_id)
        await audit_person(
            work,
            account.id,
            "account.totp_added",
            self._clock.now(),
            address=visitor.address,
            resource=f"account/{account.id}",
            roles=identity.roles,
        )
        device = self._recognition.device_of(visitor)
        return Enrolled(await self._start_session(work, identity, device, address=visitor.address), codes)
