"""What an invited person sees of the invitation."""

from dataclasses import dataclass, field
from datetime import datetime

from services.accounts.application.guess_limit import GuessLimit
from services.accounts.application.invitation_mail import InvitationMail
from services.accounts.application.ports import Directory, Transactions
from services.accounts.application.sign_in_ports import Authenticator
from services.accounts.domain.clinic import Clinic
from services.accounts.domain.invitation import Invitation
from services.accounts.domain.login import Login
from services.accounts.domain.staff_errors import INVITATION_INVALID
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedInvitation:
    """The secret, and the address an app reads from a picture, are for a person who has no sign-in yet; else None."""

    clinic: Clinic
    name: str
    email: str
    roles: frozenset[Role]
    expires_at: datetime
    totp_secret: str | None = field(repr=False)
    totp_address: str | None = field(repr=False)


class OpenInvitation:
    """The code is the proof. An unknown, used, withdrawn or expired one gets the same answer, and wrong ones make the
    network address they come from wait.
    """

    def __init__(
        self,
        *,
        transactions: Transactions,
        directory: Directory,
        authenticator: Authenticator,
        mail: InvitationMail,
        guesses: GuessLimit,
        clock: Clock,
    ) -> None:
        self._transactions = transactions
        self._directory = directory
        self._authenticator = authenticator
        self._mail = mail
        self._guesses = guesses
        self._clock = clock

    async def __call__(self, typed_code: str, *, address: str | None) -> OpenedInvitation:
        invitation = await self.find(typed_code, address=address)
        known = await self._directory.person_of_login(Login.typed(invitation.email))
        async with self._transactions.read(clinic_id=invitation.clinic_id) as reading:
            clinic = await reading.clinics.get(invitation.clinic_id)
        assert clinic is not None
        secret = None if known else invitation.totp_secret
        return OpenedInvitation(
            clinic=clinic,
            name=invitation.name,
            email=invitation.email,
            roles=invitation.roles,
            expires_at=invitation.expires_at,
            totp_secret=secret,
            totp_address=self._authenticator.address_of(secret, invitation.email) if secret else None,
        )

    async def find(self, typed_code: str, *, address: str | None) -> Invitation:
        """Return the open invitation; raise `invitation_invalid`."""
        key = self._guesses.of_address(address, door="invitation")
        failures = await self._guesses.check(key)
        invitation = await self._with(self._mail.hash_of(typed_code))
        if invitation is None:
            await self._guesses.failed(key)
            raise INVITATION_INVALID.error(field="invitation_code")
        await self._guesses.succeeded(key, failures)
        return invitation

    async def _with(self, code_hash: bytes) -> Invitation | None:
        clinic_id = await self._directory.clinic_of_invitation(code_hash)
        if clinic_id is None:
            return None
        async with self._transactions.write(clinic_id=clinic_id) as work:
            invitation = await work.invitations.with_code(code_hash)
        return invitation if invitation and invitation.is_open(self._clock.now()) else None
