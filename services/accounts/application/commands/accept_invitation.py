"""Lets an invited person join the clinic's staff."""

from dataclasses import dataclass, field
from uuid import UUID

from services.accounts.application.commands.prove_second_factor import Proof, ProveSecondFactor
from services.accounts.application.guess_limit import GuessLimit
from services.accounts.application.ports import (
    Credentials,
    Directory,
    PasswordHasher,
    Transactions,
    Work,
)
from services.accounts.application.queries.open_invitation import OpenInvitation
from services.accounts.application.sign_in_ports import Authenticator
from services.accounts.domain.account import Account, AccountKind
from services.accounts.domain.errors import CODE_INVALID, SIGN_IN_FAILED
from services.accounts.domain.events import AccountCreated, ProfessionalRegistered
from services.accounts.domain.invitation import Invitation
from services.accounts.domain.login import Login
from services.accounts.domain.membership import Membership
from services.accounts.domain.password import (
    SHORTEST_ALONE,
    PasswordBlocklist,
    accept_password,
    normal_password,
)
from services.accounts.domain.staff_errors import INVITATION_INVALID, INVITATION_LOGIN_TAKEN
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.clock import Clock
from services.shared.kernel.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """`invitation_code` came by e-mail, `code` is the authenticator's."""

    invitation_code: str = field(repr=False)
    password: str = field(repr=False)
    code: str = field(repr=False)


class AcceptInvitation:
    """Whoever is new chooses a password and proves that the authenticator app holds the secret shown: nobody of the
    staff is without second factor for a moment. Whoever works elsewhere already proves the password and the code they
    have, and joins this clinic with the same sign-in. A patient's sign-in does not become staff's. The invitation is
    good once.
    """

    def __init__(
        self,
        *,
        open_invitation: OpenInvitation,
        transactions: Transactions,
        directory: Directory,
        hasher: PasswordHasher,
        blocklist: PasswordBlocklist,
        authenticator: Authenticator,
        second_factor: ProveSecondFactor,
        guesses: GuessLimit,
        clock: Clock,
    ) -> None:
        self._open = open_invitation
        self._transactions = transactions
        self._directory = directory
        self._hasher = hasher
        self._blocklist = blocklist
        self._authenticator = authenticator
        self._second_factor = second_factor
        self._guesses = guesses
        self._clock = clock

    async def __call__(self, acceptance: Acceptance, *, address: str | None) -> None:
        invitation = await self._open.find(acceptance.invitation_code, address=address)
        person_id = await self._directory.person_of_login(Login.typed(invitation.email))
        if person_id is None:
            await self._join_new(invitation, acceptance, address)
        else:
            await self._join_known(invitation, person_id, acceptance, address)

    async def _join_new(self, invitation: Invitation, acceptance: Acceptance, address: str | None) -> None:
        login = Login.typed(invitation.email)
        names = (invitation.name,)
        password = accept_password(acceptance.password, login, self._blocklist, has_factor=True, names=names)
        step = self._authenticator.step_of(invitation.totp_secret, acceptance.code, self._clock.now())
        if step is None:
            raise CODE_INVALID.error(field="code")
        password_hash = await self._hasher.hash(password)
        account = Account(
            id=new_id(),
            version=1,
            kind=AccountKind.STAFF,
            name=invitation.name,
            birth_date=None,
            locale=invitation.locale,
            email=invitation.email,
            phone=None,
            home_clinic_id=invitation.clinic_id,
            has_password=True,
            email_confirmed=True,  # the invitation's code came by it
        )
        async with self._transactions.write(clinic_id=invitation.clinic_id, person_id=account.id) as work:
            await work.accounts.add(account)
            if not await work.accounts.claim_login(login, account.id):
                raise INVITATION_LOGIN_TAKEN.error()
            await work.credentials.save(
                Credentials(
                    account.id,
                    password_hash,
                    invitation.totp_secret,
                    step,
                    stands_alone=len(password) >= SHORTEST_ALONE,
                )
            )
            await self._join(work, invitation, account, address)

    async def _join_known(
        self, invitation: Invitation, person_id: UUID, acceptance: Acceptance, address: str | None
    ) -> None:
        async with self._transactions.read(person_id=person_id) as reading:
            account = await reading.accounts.get(person_id)
            credentials = await reading.credentials.get(person_id)
        if account is None or account.kind is AccountKind.PATIENT:
            raise INVITATION_LOGIN_TAKEN.error()
        key = self._guesses.of_login(Login.typed(invitation.email), address, door="sign-in")
        failures = await self._guesses.check(key)
        stored = credentials.password_hash if credentials else None
        if not await self._hasher.verify(normal_password(acceptance.password), stored):
            await self._guesses.failed(key)
            raise SIGN_IN_FAILED.error(field="password")
        await self._second_factor(person_id, Proof.typed(acceptance.code))
        await self._guesses.succeeded(key, failures)
        async with self._transactions.write(clinic_id=invitation.clinic_id, person_id=person_id) as work:
            known = await work.accounts.get(person_id, lock=True)
            assert known is not None
            account = known.changed()
            await work.accounts.save(account)
            await self._join(work, invitation, account, address)

    async def _join(self, work: Work, invitation: Invitation, account: Account, address: str | None) -> None:
        now = self._clock.now()
        current = await work.invitations.with_code(invitation.code_hash)
        if current is None or not current.is_open(now):  # withdrawn, or accepted, in this very moment
            raise INVITATION_INVALID.error(field="invitation_code")
        membership = Membership(
            account.id, current.clinic_id, 1, current.name, current.roles, current.registration
        )
        await work.memberships.add(membership)
        await work.invitations.save(current.accepted(account.id))
        work.record(AccountCreated(occurred_at=now, account=account, membership=membership))
        if membership.is_professional:
            work.record(ProfessionalRegistered(occurred_at=now, membership=membership))
        await work.audit(
            AuditEntry(
                at=now,
                actor_id=account.id,
                actor_roles=tuple(sorted(current.roles)),
                action="staff.join",
                clinic_id=current.clinic_id,
                resource=f"invitation/{current.id}",
                purpose="administration",
                address=address,
            )
        )
