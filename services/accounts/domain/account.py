"""An account: one person's one sign-in, whatever clinics know that person."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Literal
from uuid import UUID

from services.accounts.domain.contact import Phone

Locale = Literal["pt-BR", "en"]


class AccountKind(StrEnum):
    PATIENT = "patient"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Account:
    """`email` and `phone` are the person's own, to which secrets are sent.

    They come from the first registration. A later clinic's record keeps the contact given there, but never moves
    the account's: whoever mistypes a CPF, or means harm, must not receive another person's codes.
    `home_clinic_id` is the clinic of the first registration.
    """

    id: UUID
    version: int
    kind: AccountKind
    name: str
    birth_date: date | None
    locale: Locale
    email: str | None
    phone: Phone | None
    home_clinic_id: UUID
    has_password: bool = False

    @property
    def is_reachable(self) -> bool:
        """True when a code can be sent: to an e-mail address, or to a telephone that is certainly mobile."""
        return self.email is not None or (self.phone is not None and self.phone.sms_capable)

    @property
    def is_staff(self) -> bool:
        return self.kind is AccountKind.STAFF

    def in_locale(self, locale: Locale) -> "Account":
        return replace(self, locale=locale, version=self.version + 1)

    def with_password(self) -> "Account":
        return replace(self, has_password=True, version=self.version + 1)

    def changed(self) -> "Account":
        """The account with its next version: what others know of the person changed elsewhere."""
        return replace(self, version=self.version + 1)

    def with_email(self, email: str) -> "Account":
        return replace(self, email=email, version=self.version + 1)

    def with_phone(self, phone: Phone) -> "Account":
        return replace(self, phone=phone, version=self.version + 1)

    def emptied(self) -> "Account":
        """What is left of an account that became part of another: nothing reaches it, nobody signs in with it."""
        return replace(self, email=None, phone=None, has_password=False, version=self.version + 1)

    def known_to_another_clinic(
        self, *, birth_date: date, email: str | None, phone: Phone | None
    ) -> "Account":
        """The person was registered in one more clinic.

        A contact is adopted only where the account has none, nobody uses it yet, and the birth date agrees.
        """
        adopts = not self.has_password and self.birth_date == birth_date
        return replace(
            self,
            version=self.version + 1,
            email=self.email or (email if adopts else None),
            phone=self.phone or (phone if adopts else None),
        )
