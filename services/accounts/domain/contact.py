"""How to reach a person: e-mail address and phone number."""

from dataclasses import dataclass
from typing import Literal

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from services.accounts.domain.errors import EMAIL_INVALID, PHONE_INVALID

_LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1.3

Channel = Literal["email", "sms"]


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in E.164. SMS goes to numbers that are certainly mobile, to no other."""

    e164: str

    @property
    def sms_capable(self) -> bool:
        kind = phonenumbers.number_type(phonenumbers.parse(self.e164))
        return kind == PhoneNumberType.MOBILE


def parse_email(text: str) -> str:
    """Return the address in lower case, domain in its internationalised form. No mail is sent to check it."""
    try:
        # `.test` (RFC 2606) can reach nobody; demo people live there.
        checked = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise EMAIL_INVALID.error(field="email") from None
    address = checked.normalized.lower()
    if len(address) > _LONGEST_EMAIL:
        raise EMAIL_INVALID.error(field="email")
    return address


def parse_phone(text: str) -> Phone:
    """Return a valid number; without a country code it is Brazilian."""
    try:
        number = phonenumbers.parse(text.strip(), "BR")
    except NumberParseException:
        raise PHONE_INVALID.error(field="phone") from None
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise PHONE_INVALID.error(field="phone")
    return Phone(phonenumbers.format_number(number, PhoneNumberFormat.E164))
