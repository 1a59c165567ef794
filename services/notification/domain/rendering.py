"""Fills a template. Only the variables named here exist: no exam, value, specialty, doctor, CPF or birth date."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notification.domain.channel import Channel
from services.notification.domain.clinic import Clinic
from services.notification.domain.contact import Contact
from services.notification.domain.gsm7 import SEGMENT, fits_one_segment
from services.notification.domain.template import Template

URL_BUDGET = 28
SMS_VARIABLES = frozenset({"clinic", "url", "date", "time", "code", "contact"})
EMAIL_VARIABLES = SMS_VARIABLES | {"first_name", "reset_url"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailMessage:
    """A finished e-mail. `delivery_id` travels along as a tag, so that the provider's own events find it."""

    delivery_id: UUID
    to: str
    subject: str
    text: str
    url: str
    locale: str
    clinic_name: str
    may_be_declined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsMessage:
    delivery_id: UUID
    to: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a message may speak of, besides the person and the clinic."""

    url: str
    zone: ZoneInfo
    at: datetime | None = None
    code: str | None = None

    def variables(self) -> dict[str, str]:
        filled = {"url": self.url}
        if self.at is not None:
            local = self.at.astimezone(self.zone)
            filled |= {"date": f"{local:%d/%m}", "time": f"{local:%H:%M}"}
        if self.code is not None:
            filled["code"] = self.code
        return filled


def link(portal_url: str, channel: Channel, exam_id: UUID | None) -> str:
    """Return the address a message points to: an id at most, never a secret; whoever opens it signs in first.

    An e-mail opens the very exam, also after a correction. An SMS has room for the portal's own address only.
    """
    if channel is Channel.SMS or exam_id is None:
        return portal_url
    return f"{portal_url}/exames/{exam_id}"


class TextDoesNotFit(Exception):
    """An SMS would need a second segment or an alphabet of 70 characters; the text is the template's name."""


def render_sms(
    template: Template, *, delivery_id: UUID, contact: Contact, to: str, clinic: Clinic, facts: Facts
) -> SmsMessage:
    """Return the SMS; raise TextDoesNotFit rather than pay for, and garble, two segments."""
    variables = facts.variables() | {"clinic": clinic.short_name, "contact": clinic.contact}
    text = template.wording(contact.locale).sms.format_map(variables)
    if not fits_one_segment(text):
        raise TextDoesNotFit(f"{template.name} is over {SEGMENT} GSM-7 characters")
    return SmsMessage(delivery_id=delivery_id, to=to, text=text)


def render_email(
    template: Template, *, delivery_id: UUID, contact: Contact, to: str, clinic: Clinic, facts: Facts
) -> EmailMessage:
    """Return the e-mail. The first name alone greets the person; the clinic's full name may stand in the body."""
    variables = facts.variables() | {
        "clinic": clinic.name,
        "contact": clinic.contact,
        "first_name": contact.first_name,
    }
    wording = template.wording(contact.locale)
    return EmailMessage(
        delivery_id=delivery_id,
        to=to,
        subject=wording.subject,
        text=wording.body.format_map(variables),
        url=facts.url,
        locale=contact.locale,
        clinic_name=clinic.name,
        may_be_declined=not template.is_security,
    )
