"""Signs a person in."""

from uuid import UUID

from services.accounts.application.commands.prove_second_factor import ProveSecondFactor
from services.accounts.application.guess_limit import GuessLimit
from services.accounts.application.ports import (
    Directory,
    PasswordHasher,
    TokenIssuer,
    Transactions,
)
from services.accounts.application.session_tokens import (
    Identity,
    SignedIn,
    identity_in,
    new_refresh_token,
    signed_in,
)
from services.accounts.domain.account import AccountKind
from services.accounts.domain.errors import CODE_REQUIRED, SIGN_IN_FAILED
from services.accounts.domain.login import Login
from services.accounts.domain.password import normal_password
from services.accounts.domain.session import Session
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.clock import Clock
from services.shared.kernel.ids import new_id


class SignIn:
    """Password first: an unknown login, an account without password and a wrong password take the same steps, the
    same time and get the same answer. Then, for all staff, the authenticator's code. After five failures of a login
    from an address, that address waits. A new session is a new family of tokens; nothing of an older one is reused.
    """

    def __init__(
        self,
        *,
        transactions: Transactions,
        directory: Directory,
        hasher: PasswordHasher,
        second_factor: ProveSecondFactor,
        guesses: GuessLimit,
        issuer: TokenIssuer,
        clock: Clock,
    ) -> None:
        self._transactions = transactions
        self._directory = directory
        self._hasher = hasher
        self._second_factor = second_factor
        self._guesses = guesses
        self._issuer = issuer
        self._clock = clock

    async def __call__(
        self,
        typed_login: str,
        password: str,
        code: str | None,
        *,
        address: str | None,
        clinic_id: UUID | None = None,
    ) -> SignedIn:
        login = Login.typed(typed_login)
        key = self._guesses.of_login(login, address, door="sign-in")
        failures = await self._guesses.check(key)
        person_id = await self._person_with(login, password)
        if person_id is None:
            await self._guesses.failed(key)
            raise SIGN_IN_FAILED.error()
        identity = await self._identity(person_id, clinic_id)
        if identity.account.kind is AccountKind.STAFF:
            if not code:
                raise CODE_REQUIRED.error(field="code")
            await self._second_factor(person_id, code)
        await self._guesses.succeeded(key, failures)
        return await self._start(identity, address)

    async def _person_with(self, login: Login, password: str) -> UUID | None:
        """Return who has this login and password. No connection is held while the password is hashed."""
        person_id = (
            await self._directory.person_of_login(login) or new_id()
        )  # nobody's: the same queries follow
        async with self._transactions.read(person_id=person_id) as reading:
            credentials = await reading.credentials.get(person_id)
        stored = credentials.password_hash if credentials else None
        return person_id if await self._hasher.verify(normal_password(password), stored) else None

    async def _identity(self, person_id: UUID, clinic_id: UUID | None) -> Identity:
        async with self._transactions.read(person_id=person_id) as reading:
            account = await reading.accounts.get(person_id)
            if account is None:
                raise SIGN_IN_FAILED.error()
            return await identity_in(reading, account, clinic_id)

    async def _start(self, identity: Identity, address: str | None) -> SignedIn:
        now = self._clock.now()
        clinic_id = identity.clinic.id if identity.clinic else None
        session = Session(new_id(), identity.account.id, clinic_id, started_at=now, last_used_at=now)
        token, token_hash = new_refresh_token()
        async with self._transactions.write(person_id=identity.account.id) as work:
            await work.sessions.start(session, token_hash)
            await work.audit(
                AuditEntry(
                    at=now,
                    actor_id=identity.account.id,
                    actor_roles=tuple(sorted(identity.roles)),
                    action="session.start",
                    clinic_id=clinic_id,
                    resource=f"session/{session.id}",
                    purpose="authentication",
                    address=address,
                )
            )
        return signed_in(self._issuer, identity, session, token, now)
