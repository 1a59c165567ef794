"""What the routes about staff and invitations take and give."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr

from services.accounts.application.commands.invite_staff import TypedInvitation
from services.accounts.application.queries.list_staff import Member
from services.accounts.domain.account import Locale
from services.accounts.domain.invitation import Invitation
from services.accounts.domain.masks import mask_email
from services.accounts.domain.membership import CouncilRegistration, Membership, VerifiedHow
from services.accounts.domain.second_factor import IdentifiedHow
from services.accounts.interface.http.schemas import Body, ClinicView, CodeText, Line, PasswordText
from services.shared.kernel.principal import Role

InvitationCode = Annotated[SecretStr, Field(min_length=1, max_length=40)]
Roles = Annotated[list[Role], Field(max_length=10)]


class InvitationBody(Body):
    name: Line
    email: Line
    roles: Roles
    council: Line | None = None
    council_number: Line | None = None
    council_uf: Line | None = None
    locale: Locale = "pt-BR"

    def typed(self) -> TypedInvitation:
        return TypedInvitation(**{**self.model_dump(), "roles": frozenset(self.roles)})


class RolesBody(Body):
    """The registration is given only to set or change it."""

    roles: Roles
    council: Line | None = None
    council_number: Line | None = None
    council_uf: Line | None = None

    def registration(self) -> CouncilRegistration | None:
        parts = [part or "" for part in (self.council, self.council_number, self.council_uf)]
        return CouncilRegistration.parse(*parts, verified=False) if any(parts) else None


class ComparedBody(Body):
    """The registration that was compared, as it was shown."""

    council: Line
    council_number: Line
    council_uf: Line

    def compared(self) -> CouncilRegistration:
        return CouncilRegistration(self.council, self.council_number, self.council_uf, verified=False)


class VerificationBody(ComparedBody):
    how: VerifiedHow
    note: Annotated[str, Field(max_length=300)] | None = None


class VouchBody(Body):
    """How the person was identified anew."""

    how: IdentifiedHow


class OpeningBody(Body):
    invitation_code: InvitationCode


class AcceptanceBody(OpeningBody):
    password: PasswordText
    code: CodeText


class MemberView(BaseModel):
    id: UUID
    name: str
    roles: list[str]
    active: bool
    council: str | None
    council_number: str | None
    council_uf: str | None
    verified: bool

    @classmethod
    def of(cls, member: Membership) -> "MemberView":
        return cls(**_shown(member))


class MemberDetailView(MemberView):
    email_masked: str | None
    verified_at: datetime | None
    verified_by: str | None
    verified_how: VerifiedHow | None
    verified_note: str | None

    @classmethod
    def detail(cls, member: Member) -> "MemberDetailView":
        registration = member.membership.registration
        verification = registration.verification if registration else None
        return cls(
            **_shown(member.membership),
            email_masked=mask_email(member.account.email),
            verified_at=verification.at if verification else None,
            verified_by=member.verifier,
            verified_how=verification.how if verification else None,
            verified_note=verification.note if verification else None,
        )


def _shown(member: Membership) -> dict[str, object]:
    registration = member.registration
    return {
        "id": member.account_id,
        "name": member.name,
        "roles": sorted(member.roles),
        "active": member.active,
        "council": registration.council if registration else None,
        "council_number": registration.number if registration else None,
        "council_uf": registration.uf if registration else None,
        "verified": registration.verified if registration else False,
    }


class StaffPageView(BaseModel):
    items: list[MemberView]
    next_cursor: str | None


class InvitationMadeView(BaseModel):
    id: UUID


class InvitationView(BaseModel):
    id: UUID
    name: str
    email_masked: str | None
    roles: list[str]
    sent_at: datetime
    expires_at: datetime
    expired: bool

    @classmethod
    def of(cls, invitation: Invitation, now: datetime) -> "InvitationView":
        return cls(
            id=invitation.id,
            name=invitation.name,
            email_masked=mask_email(invitation.email),
            roles=sorted(invitation.roles),
            sent_at=invitation.sent_at,
            expires_at=invitation.expires_at,
            expired=not invitation.is_open(now),
        )


class InvitationPageView(BaseModel):
    items: list[InvitationView]
    next_cursor: str | None


class OpenedInvitationView(BaseModel):
    """`totp_uri` is for a person without sign-in: what the authenticator app reads from a picture."""

    clinic: ClinicView
    name: str
    email: str
    roles: list[str]
    expires_at: datetime
    has_account: bool
    totp_secret: str | None
    totp_uri: str | None
