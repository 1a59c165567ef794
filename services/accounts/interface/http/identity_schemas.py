"""What the routes about signing up, linking records and changing contacts take and give."""

from uuid import UUID

from pydantic import BaseModel, Field

from services.accounts.application.commands.change_contact_at_desk import ContactReason
from services.accounts.domain.account import Locale
from services.accounts.domain.consent import ConsentKind
from services.accounts.interface.http.schemas import Body, ClinicView, CodeText, Line, PasswordText


class ClinicListView(BaseModel):
    items: list[ClinicView]


class SignUpBody(Body):
    name: Line
    birth_date: Line
    email: Line
    clinic_id: UUID
    locale: Locale = "pt-BR"


class SignUpView(BaseModel):
    """`sign_up_id` is handed in with the code; it says nothing about whether a code was sent."""

    sign_up_id: UUID


class SignUpCompletionBody(Body):
    sign_up_id: UUID
    code: CodeText
    password: PasswordText
    shown: dict[ConsentKind, int] = Field(default_factory=dict, max_length=2)  # notices read, by version


class CpfBody(Body):
    cpf: Line


class CodeBody(Body):
    code: CodeText


class ContactBody(Body):
    email: Line | None = None
    phone: Line | None = None


class DeskContactBody(ContactBody):
    reason: ContactReason


class ContactRequestedView(BaseModel):
    old_contact_confirms: bool = Field(
        description="A second code went to the contact on file; both are needed."
    )


class ContactCodesBody(CodeBody):
    old_code: CodeText | None = None

    def codes(self) -> list[str]:
        return [self.code] + ([self.old_code] if self.old_code else [])
