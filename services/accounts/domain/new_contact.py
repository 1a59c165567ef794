"""A contact a person wants to change to."""

from dataclasses import dataclass

from services.accounts.domain.account import Account
from services.accounts.domain.contact import Channel, Phone, parse_email, parse_phone
from services.accounts.domain.identity_errors import CONTACT_MISSING, CONTACT_SAME, PHONE_NOT_MOBILE


@dataclass(frozen=True, slots=True)
class NewContact:
    channel: Channel
    value: str

    @classmethod
    def parse(cls, email: str | None, phone: str | None) -> "NewContact":
        """Exactly one of the two; a number must be mobile, or no code could reach it."""
        typed_email, typed_phone = (email or "").strip(), (phone or "").strip()
        if bool(typed_email) == bool(typed_phone):
            raise CONTACT_MISSING.error(field="email")
        if typed_email:
            return cls("email", parse_email(typed_email))
        number = parse_phone(typed_phone)
        if not number.sms_capable:
            raise PHONE_NOT_MOBILE.error(field="phone")
        return cls("sms", number.e164)

    @property
    def field(self) -> str:
        return "email" if self.channel == "email" else "phone"

    def must_differ_from(self, account: Account) -> None:
        """The contact on file already may be asked for as long as it was not confirmed."""
        if self.is_on(account) and account.has_confirmed(self.channel):
            raise CONTACT_SAME.error(field=self.field)

    def is_on(self, account: Account) -> bool:
        return account.contact(self.channel) == self.value

    def put_on(self, account: Account) -> Account:
        if self.channel == "email":
            return account.with_email(self.value)
        return account.with_phone(Phone(self.value))
