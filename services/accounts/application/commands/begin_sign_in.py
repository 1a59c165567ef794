"""Begins a sign-in step by step: for the portal."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.accounts.application.check_password import Checked, CheckPassword
from services.accounts.application.ports import Transactions, Work
from services.accounts.application.session_tokens import Identity, SignedIn, identity_in
from services.accounts.application.start_session import StartSession
from services.accounts.application.tickets import new_ticket_token
from services.accounts.application.visitor import Recognition, Visitor
from services.accounts.domain.errors import SECOND_FACTOR_MISSING
from services.accounts.domain.second_factor import Factor, factors_for
from services.accounts.domain.ticket import Errand, new_ticket
from services.shared.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class Pending:
    """`factors`: what may be proved now, the strongest first. `must_enrol`: an authenticator comes before all else."""

    ticket: str
    factors: tuple[Factor, ...] = ()
    must_enrol: bool = False


SignInStep = SignedIn | Pending


class BeginSignIn:
    """The password is asked for once. Who needs no second factor is signed in; all others get a ticket that is good
    for fifteen minutes, and the factors they may prove with it. Staff who have set up none prove their contact first
    and an authenticator next: until then there is no session.
    """

    def __init__(
        self,
        *,
        transactions: Transactions,
        check_password: CheckPassword,
        start_session: StartSession,
        recognition: Recognition,
        clock: Clock,
    ) -> None:
        self._transactions = transactions
        self._check_password = check_password
        self._start_session = start_session
        self._recognition = recognition
        self._clock = clock

    async def __call__(
        self, typed_login: str, password: str, visitor: Visitor, *, clinic_id: UUID | None = None
    ) -> SignInStep:
        device = self._recognition.device_of(visitor)
        checked = await self._check_password(typed_login, password, device, address=visitor.address)
        account = checked.account
        factors = factors_for(
            has=checked.credentials.factors,
            is_staff=account.is_staff,
            is_reachable=account.is_reachable,
            by_contact=checked.credentials.by_contact,
        )
        if not factors and not account.is_staff:
            return await self._start_session.of_patient(checked, device, address=visitor.address)
        async with self._transactions.write(person_id=checked.person_id) as work:
            identity = await identity_in(work, checked.account, clinic_id)
            await checked.keep_hash(work)
            if not factors:
                raise SECOND_FACTOR_MISSING.error()
            return await self._ticket(work, identity, checked, factors)

    async def _ticket(
        self, work: Work, identity: Identity, checked: Checked, factors: tuple[Factor, ...]
    ) -> Pending:
        token, token_hash = new_ticket_token()
        ticket = new_ticket(token_hash, checked.person_id, Errand.SIGN_IN, self._clock.now())
        clinic_id = identity.clinic.id if identity.clinic else None
        await work.tickets.put(replace(ticket, clinic_id=clinic_id, device=checked.device))
        must_enrol = identity.account.is_staff and factors == (Factor.CONTACT_CODE,)
        return Pending(token, factors, must_enrol)
