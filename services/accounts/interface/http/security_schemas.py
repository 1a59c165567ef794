"""What the routes of signing in step by step and of account security take and give."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr, model_validator

from services.accounts.application.commands.begin_sign_in import SignInStep
from services.accounts.application.commands.challenge_passkey import Challenge
from services.accounts.application.commands.prove_second_factor import Proof
from services.accounts.application.enrolment import NewAuthenticator
from services.accounts.application.queries.account_security import SecurityOverview
from services.accounts.application.session_tokens import SignedIn
from services.accounts.domain.passkey import Passkey
from services.accounts.domain.second_factor import Factor
from services.accounts.interface.http.schemas import (
    Body,
    CodeText,
    DeviceText,
    LoginText,
    PasswordText,
    SessionView,
)

TicketText = Annotated[SecretStr, Field(min_length=1, max_length=200)]
Credential = Annotated[
    dict[str, Any], Field(description="The browser's answer as JSON (PublicKeyCredential.toJSON()).")
]


class BeginBody(Body):
    login: LoginText
    password: PasswordText
    clinic_id: UUID | None = None
    device: DeviceText | None = None


class TicketBody(Body):
    ticket: TicketText


class MaybeTicketBody(Body):
    ticket: TicketText | None = None


class ProofBody(Body):
    """`code` for every factor but a passkey; without `factor` it is the authenticator's or a recovery code."""

    factor: Factor | None = None
    code: CodeText | None = None
    credential: Credential | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "ProofBody":
        if (self.code is None) == (self.credential is None):
            raise ValueError("either a code or a credential")
        return self

    def proof(self) -> Proof:
        if self.credential is not None:
            return Proof(Factor.PASSKEY, credential=self.credential)
        code = self.code or ""
        return Proof(self.factor, code) if self.factor else Proof.typed(code)


class SignInProofBody(ProofBody):
    ticket: TicketText
    device: DeviceText | None = None


class StepUpBody(ProofBody):
    ticket: TicketText | None = None


class PasskeySignInBody(Body):
    ticket: TicketText
    credential: Credential
    device: DeviceText | None = None


class ConfirmationBody(Body):
    ticket: TicketText
    code: CodeText
    device: DeviceText | None = None


class ResetBody(Body):
    login: LoginText
    device: DeviceText | None = None


class ResetCompletionBody(Body):
    ticket: TicketText
    code: CodeText
    password: PasswordText
    device: DeviceText | None = None


class ChangePasswordBody(Body):
    old: PasswordText
    new: PasswordText


class NameBody(Body):
    name: Annotated[str, Field(max_length=200)]


class AddPasskeyBody(NameBody):
    ticket: TicketText
    credential: Credential


class ChoiceBody(Body):
    wanted: bool


class PendingView(BaseModel):
    ticket: str
    factors: list[Factor]
    must_enrol: bool


class SignInView(BaseModel):
    """Exactly one of the two."""

    session: SessionView | None = None
    pending: PendingView | None = None

    @classmethod
    def of(cls, step: SignInStep) -> "SignInView":
        if isinstance(step, SignedIn):
            return cls(session=SessionView.of(step))
        return cls(
            pending=PendingView(ticket=step.ticket, factors=list(step.factors), must_enrol=step.must_enrol)
        )


class TicketView(BaseModel):
    ticket: str


class ChallengeView(TicketView):
    options: dict[str, Any]

    @classmethod
    def of(cls, challenge: Challenge) -> "ChallengeView":
        return cls(ticket=challenge.ticket, options=dict(challenge.options))


class NewAuthenticatorView(TicketView):
    secret: str
    address: str

    @classmethod
    def of(cls, new: NewAuthenticator) -> "NewAuthenticatorView":
        return cls(ticket=new.ticket, secret=new.secret, address=new.address)


class RecoveryCodesView(BaseModel):
    """Shown this once."""

    recovery_codes: list[str]


class EnrolledView(RecoveryCodesView):
    session: SessionView


class PasskeyView(BaseModel):
    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, passkey: Passkey) -> "PasskeyView":
        return cls(
            id=passkey.id,
            name=passkey.name,
            created_at=passkey.created_at,
            last_used_at=passkey.last_used_at,
        )


class AddedPasskeyView(PasskeyView):
    recovery_codes: list[str]


class SessionItemView(BaseModel):
    id: UUID
    device: str
    place: str
    started_at: datetime
    last_used_at: datetime
    current: bool


class SessionListView(BaseModel):
    items: list[SessionItemView]

    @classmethod
    def of(cls, overview: SecurityOverview, current: UUID | None) -> "SessionListView":
        return cls(
            items=[
                SessionItemView(
                    id=session.id,
                    device=session.device.name,
                    place=session.device.place,
                    started_at=session.started_at,
                    last_used_at=session.last_used_at,
                    current=session.id == current,
                )
                for session in overview.sessions
            ]
        )


class SecurityView(BaseModel):
    totp: bool
    by_contact: bool
    reachable: bool
    staff: bool
    recovery_codes_left: int
    passkeys: list[PasskeyView]
    sessions: list[SessionItemView]
    step_up_with: list[Factor]

    @classmethod
    def of(cls, overview: SecurityOverview, current: UUID | None) -> "SecurityView":
        credentials = overview.credentials
        return cls(
            totp=credentials.totp_secret is not None,
            by_contact=credentials.by_contact,
            reachable=overview.account.is_reachable,
            staff=overview.account.is_staff,
            recovery_codes_left=credentials.recovery_codes_left,
            passkeys=[PasskeyView.of(passkey) for passkey in overview.passkeys],
            sessions=SessionListView.of(overview, current).items,
            step_up_with=list(overview.step_up_with),
        )
