"""Whether a message goes out by a channel now, later or not at all. Asked when it is planned and before it is sent."""

from dataclasses import dataclass
from datetime import datetime

from services.notification.domain.channel import Channel
from services.notification.domain.contact import Contact
from services.notification.domain.preferences import Preferences
from services.notification.domain.quiet_hours import QuietHours
from services.notification.domain.template import Template

NO_ADDRESS = "no_address"
DECLINED = "declined"
TOO_LATE = "too_late"
SUPERSEDED = "superseded"
QUIET_HOURS = "quiet_hours"


@dataclass(frozen=True, slots=True)
class Send:
    to: str


@dataclass(frozen=True, slots=True)
class Hold:
    until: datetime
    why: str = QUIET_HOURS


@dataclass(frozen=True, slots=True)
class Suppress:
    why: str


Decision = Send | Hold | Suppress


def decide(
    template: Template,
    channel: Channel,
    *,
    contact: Contact,
    preferences: Preferences,
    quiet: QuietHours,
    now: datetime,
    useful_until: datetime | None,
) -> Decision:
    """Security messages cannot be declined and are never held; only SMS keeps quiet hours; late is silent."""
    address = contact.address(channel)
    if address is None:
        return Suppress(NO_ADDRESS)
    if not template.is_security and not preferences.allow(channel):
        return Suppress(DECLINED)
    opening = now
    if channel is Channel.SMS and not template.is_security:
        opening = quiet.opening(now)
    if useful_until is not None and opening >= useful_until:
        return Suppress(TOO_LATE)
    return Hold(opening) if opening > now else Send(address)
