"""An account: one person's one sign-in, whatever clinics know that person."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Literal
from uuid import UUID

from services.accounts.domain.contact import Channel, Phone

Locale = Literal["pt-BR", "en"]


class AccountKind(StrEnum):
    PATIENT = "patient"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Account:
    """`email` and `phone` are the person's own, to which secrets are sent.

    They come from the first registration. A later clinic's record keeps the contact given there, but never moves
    the account's: whoever mistypes a CPF, or means harm, must not receive another person's codes.
    `home_clinic_id` is the clinic of the first registration. `email_confirmed`, `phone_confirmed`: a code that went
    to this very contact, and nowhere else, came back from the person (ASVS 5.0, 6.6.1). `desk_contact_by`,
    `desk_factors_by`: who at a desk changed the contact, and removed the second factors, the last time.
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
    email_confirmed: bool = False
    phone_confirmed: bool = False
    desk_contact_by: UUID | None = None
    desk_factors_by: UUID | None = None

    def contact(self, channel: Channel) -> str | None:
        """Return where the channel reaches the person; SMS goes to numbers that are certainly mobile."""
        if channel == "email":
            return self.email
        return self.phone.e164 if self.phone and self.phone.sms_capable else None

    @property
    def channels_on_file(self) -> tuple[Channel, ...]:
        """Where the code of a first access may go: whoever typed the contact, it is the one the clinic knows."""
        both: tuple[Channel, ...] = ("email", "sms")
        return tuple(channel for channel in both if self.contact(channel) is not None)

    @property
    def confirmed_channels(self) -> tuple[Channel, ...]:
        """Where codes for a sign-in, a step-up and a reset go."""
        return tuple(channel for channel in self.channels_on_file if self.has_confirmed(channel))

    def has_confirmed(self, channel: Channel) -> bool:
        return self.email_confirmed if channel == "email" else self.phone_confirmed

    @property
    def is_reachable(self) -> bool:
        """True when a code that lets somebody in can be sent: to a contact that was confirmed."""
        return bool(self.confirmed_channels)

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
        """With an address that a code came back from."""
        return replace(self, email=email, email_confirmed=True, version=self.version + 1)

    def with_phone(self, phone: Phone) -> "Account":
        """With a number that a code came back from."""
        return replace(self, phone=phone, phone_confirmed=True, version=self.version + 1)

    def proved_at(self, channel: Channel) -> "Account":
        """The contact on file of this channel, and no other, has proved to reach the person."""
        if channel == "email":
            return replace(self, email_confirmed=True)
        return replace(self, phone_confirmed=True)

    def emptied(self) -> "Account":
        """What is left of an account that became part of another: nothing reaches it, nobody signs in with it."""
        nothing = replace(self, email=None, phone=None, email_confirmed=False, phone_confirmed=False)
        return replace(nothing, has_password=False, version=self.version + 1)

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
