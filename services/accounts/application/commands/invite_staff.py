"""Invites somebody to work in the administrator's clinic."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.accounts.application.invitation_mail import InvitationMail
from services.accounts.application.ports import Directory, RepeatKey, Transactions, Work
from services.accounts.application.queries.patient_access import clinic_of
from services.accounts.application.sign_in_ports import Authenticator
from services.accounts.application.staff_change import must_administrate, staff_entry
from services.accounts.domain.account import Locale
from services.accounts.domain.contact import parse_email
from services.accounts.domain.form import Form
from services.accounts.domain.invitation import LIFETIME, Invitation, InvitationState
from services.accounts.domain.login import Login
from services.accounts.domain.membership import CouncilRegistration
from services.accounts.domain.person_name import parse_person_name
from services.accounts.domain.staff_errors import ALREADY_STAFF
from services.accounts.domain.staffing import check_roles
from services.shared.kernel.clock import Clock
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedInvitation:
    """As typed. An empty optional field is an absent one."""

    name: str
    email: str
    roles: frozenset[Role]
    council: str | None = None
    council_number: str | None = None
    council_uf: str | None = None
    locale: Locale = "pt-BR"


class InviteStaff:
    """The invitation goes by e-mail with a code good for seven days and once. Nothing of the person exists until it is
    accepted: no account, no role, no name others could choose. Council, number and UF are needed for doctors and
    releasers, and stay unverified until an administrator has compared them. There is one open invitation per address;
    somebody of the own staff, working or not, is not invited again. Whether the address has an account elsewhere is
    told to nobody.
    """

    def __init__(
        self,
        *,
        transactions: Transactions,
        directory: Directory,
        authenticator: Authenticator,
        mail: InvitationMail,
        clock: Clock,
    ) -> None:
        self._transactions = transactions
        self._directory = directory
        self._authenticator = authenticator
        self._mail = mail
        self._clock = clock

    async def __call__(
        self, typed: TypedInvitation, caller: Principal, repeat: RepeatKey, *, address: str | None
    ) -> Mapping[str, Any]:
        clinic_id = clinic_of(caller)
        name, email, registration = _checked(typed)
        known = await self._directory.person_of_login(Login.typed(email))
        async with self._transactions.write(clinic_id=clinic_id) as work:

            async def invite() -> Mapping[str, Any]:
                await must_administrate(work, caller)
                if known and await work.memberships.of_member(known, clinic_id):
                    raise ALREADY_STAFF.error(field="email")
                invitation_id = await self._invite(work, typed, caller, name, email, registration)
                await work.audit(
                    staff_entry(
                        caller,
                        "staff.invite",
                        self._clock.now(),
                        resource=f"invitation/{invitation_id}",
                        address=address,
                    )
                )
                return {"id": str(invitation_id)}

            return await work.once(caller, repeat, invite)

    async def _invite(  # noqa: PLR0917
        self,
        work: Work,
        typed: TypedInvitation,
        caller: Principal,
        name: str,
        email: str,
        registration: CouncilRegistration | None,
    ) -> UUID:
        now = self._clock.now()
        code, code_hash = self._mail.new_code()
        invitation = Invitation(
            id=new_id(),
            clinic_id=clinic_of(caller),
            version=1,
            state=InvitationState.OPEN,
            name=name,
            email=email,
            locale=typed.locale,
            roles=typed.roles,
            registration=registration,
            code_hash=code_hash,
            totp_secret=self._authenticator.new_secret(),
            invited_by=caller.account_id,
            sent_at=now,
            expires_at=now + LIFETIME,
        )
        await work.invitations.add(invitation)
        work.record(self._mail.of(invitation, code, now))
        return invitation.id


def _checked(typed: TypedInvitation) -> tuple[str, str, CouncilRegistration | None]:
    form = Form()
    name = form.read("name", typed.name or "?", parse_person_name)
    email = form.read("email", typed.email or "?", parse_email)
    registration = form.run("council", lambda: typed_registration(typed))
    form.run(None, lambda: check_roles(typed.roles, registration))
    form.finish()
    assert name is not None
    assert email is not None
    return name, email, registration


def typed_registration(typed: TypedInvitation) -> CouncilRegistration | None:
    """Return the unverified registration; None when no part of one was typed."""
    parts = [(part or "").strip() for part in (typed.council, typed.council_number, typed.council_uf)]
    return CouncilRegistration.parse(*parts, verified=False) if any(parts) else None
