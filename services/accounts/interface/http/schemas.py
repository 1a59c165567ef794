"""What the routes take and give. Unknown fields are refused; text is bounded before anything reads it."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from services.accounts.application.session_tokens import Identity, SignedIn
from services.accounts.domain.account import Locale
from services.accounts.domain.demographics import TypedPatient
from services.accounts.domain.patient_record import Sex

Line = Annotated[str, Field(max_length=300)]
LoginText = Annotated[str, Field(min_length=1, max_length=254)]
CodeText = Annotated[str, Field(min_length=1, max_length=12)]
DeviceText = Annotated[
    str,
    Field(
        min_length=20,
        max_length=100,
        description="The token that this browser keeps for a year; a device is known by it.",
    ),
]
PasswordText = Annotated[SecretStr, Field(min_length=1, max_length=1024)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class SignInBody(Body):
    login: LoginText
    password: PasswordText
    code: CodeText | None = None
    clinic_id: UUID | None = Field(
        None, description="Staff of several clinics: which one. Else the first joined."
    )
    device: DeviceText | None = None


class RefreshBody(Body):
    refresh_token: Annotated[SecretStr, Field(min_length=1, max_length=200)]


class LocaleBody(Body):
    locale: Locale


class FirstAccessBody(Body):
    login: LoginText


class CompletionBody(Body):
    login: LoginText
    code: CodeText
    password: PasswordText


class PatientBody(Body):
    name: Line
    social_name: Line | None = None
    birth_date: Line
    sex: Sex
    mother_name: Line | None = None
    cpf: Line | None = None
    cns: Line | None = None
    email: Line | None = None
    phone: Line | None = None
    locale: Locale = "pt-BR"
    somebody_else: bool = Field(
        False, description="The patient of the same name and birth date was looked at, and is somebody else."
    )

    def typed(self) -> TypedPatient:
        return TypedPatient(**self.model_dump())


class ClinicView(BaseModel):
    id: UUID
    name: str


class AccountView(BaseModel):
    id: UUID
    name: str
    roles: list[str]
    clinic: ClinicView | None
    locale: Locale

    @classmethod
    def of(cls, identity: Identity) -> "AccountView":
        clinic = identity.clinic
        return cls(
            id=identity.account.id,
            name=identity.account.name,
            roles=sorted(identity.roles),
            clinic=ClinicView(id=clinic.id, name=clinic.name) if clinic else None,
            locale=identity.account.locale,
        )


class SessionView(BaseModel):
    access_token: str
    refresh_token: str
    expires_in: int
    account: AccountView

    @classmethod
    def of(cls, signed_in: SignedIn) -> "SessionView":
        return cls(
            access_token=signed_in.access_token,
            refresh_token=signed_in.refresh_token,
            expires_in=signed_in.expires_in,
            account=AccountView.of(signed_in.identity),
        )


class AccessTokenView(BaseModel):
    access_token: str
    expires_in: int


class ServiceTokenView(AccessTokenView):
    token_type: str = "Bearer"  # noqa: S105
    scope: str


class OwnRecordView(BaseModel):
    clinic: ClinicView
    patient_id: UUID


class MeView(AccountView):
    patient_records: list[OwnRecordView]


class RegisteredView(BaseModel):
    id: UUID
    person_id: UUID
    record_number: str
    duplicate: bool


class PatientView(BaseModel):
    id: UUID
    record_number: str
    name: str
    social_name: str | None
    birth_date: date
    sex: Sex
    cpf_masked: str | None
    email_masked: str | None
    phone_masked: str | None
    merged_into: UUID | None = None
    merged_records: list[UUID] = Field(
        [], description="Records that this one stands for; their exams show here."
    )


class PatientPageView(BaseModel):
    items: list[PatientView]
    next_cursor: str | None


class IdentifiersView(BaseModel):
    patient_id: UUID
    cpf: str | None
    cns: str | None


class DoctorView(BaseModel):
    id: UUID
    name: str
    council: str | None
    council_number: str | None
    council_uf: str | None


class DoctorPageView(BaseModel):
    items: list[DoctorView]
    next_cursor: str | None


class StaffView(BaseModel):
    id: UUID
    clinic_id: UUID
    name: str
    roles: list[str]


class StaffPageView(BaseModel):
    items: list[StaffView]
