"""Signs a person in with one request: for API clients."""

from uuid import UUID

from services.accounts.application.check_password import CheckPassword
from services.accounts.application.commands.prove_second_factor import Proof, ProveSecondFactor
from services.accounts.application.ports import Transactions
from services.accounts.application.session_tokens import SignedIn, identity_in
from services.accounts.application.start_session import StartSession
from services.accounts.application.visitor import Recognition, Visitor
from services.accounts.domain.errors import CODE_REQUIRED, SECOND_FACTOR_MISSING
from services.accounts.domain.second_factor import ENROLLED, Factor


class SignIn:
    """Password first: an unknown login, an account without password and a wrong password take the same steps, the
    same time and get the same answer. Then, for all staff and for whoever set one up, the second factor: a code of
    the authenticator, or a recovery code. Whoever has a passkey alone, or a code sent to the contact, signs in step
    by step (`/sign-ins`). After five failures of a login from an address, that address waits.
    """

    def __init__(
        self,
        *,
        transactions: Transactions,
        check_password: CheckPassword,
        second_factor: ProveSecondFactor,
        start_session: StartSession,
        recognition: Recognition,
    ) -> None:
        self._transactions = transactions
        self._check_password = check_password
        self._second_factor = second_factor
        self._start_session = start_session
        self._recognition = recognition

    async def __call__(
        self,
        typed_login: str,
        password: str,
        code: str | None,
        *,
        address: str | None,
        clinic_id: UUID | None = None,
        agent: str = "",
        device_token: str | None = None,
    ) -> SignedIn:
        device = self._recognition.device_of(Visitor(address, agent, device_token))
        checked = await self._check_password(typed_login, password, device, address=address)
        has = checked.credentials.factors
        needs_factor = checked.account.is_staff or checked.credentials.by_contact or bool(ENROLLED & has)
        if not needs_factor:
            return await self._start_session.of_patient(checked, device, address=address)
        async with self._transactions.write(person_id=checked.person_id) as work:
            identity = await identity_in(work, checked.account, clinic_id)
            await checked.keep_hash(work)
        if not code:
            raise CODE_REQUIRED.error(field="code")
        if Factor.TOTP not in has and Factor.PASSKEY not in has:
            raise SECOND_FACTOR_MISSING.error()
        await self._second_factor(checked.person_id, Proof.typed(code), device=checked.device)
        async with self._transactions.write(person_id=checked.person_id) as work:
            return await self._start_session(work, identity, device, address=address)
