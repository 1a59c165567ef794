"""From a notice to its deliveries: one per channel that reaches the person."""

from datetime import datetime

from services.notification.domain.channel import Channel
from services.notification.domain.contact import Contact, masked
from services.notification.domain.decision import NO_ADDRESS, Decision, Hold, Suppress, decide
from services.notification.domain.delivery import Delivery, DeliveryState, Lane, delivery_id
from services.notification.domain.notice import Notice
from services.notification.domain.preferences import Preferences
from services.notification.domain.quiet_hours import QuietHours
from services.notification.domain.template import Template


def plan(
    notice: Notice,
    template: Template,
    *,
    contact: Contact,
    preferences: Preferences,
    quiet: QuietHours,
    now: datetime,
) -> list[Delivery]:
    """Return the deliveries to record, those not to be sent included.

    A channel without an address is left out, unless no channel has one: then the log says so, once.
    """
    decisions = {
        channel: _decision(
            notice, template, channel, contact=contact, preferences=preferences, quiet=quiet, now=now
        )
        for channel in notice.channels
    }
    reached = {channel: what for channel, what in decisions.items() if what != Suppress(NO_ADDRESS)}
    chosen = reached or {next(iter(notice.channels), Channel.EMAIL): Suppress(NO_ADDRESS)}
    return [
        _delivery(notice, template, channel, what=what, contact=contact, now=now)
        for channel, what in chosen.items()
    ]


def _decision(
    notice: Notice,
    template: Template,
    channel: Channel,
    *,
    contact: Contact,
    preferences: Preferences,
    quiet: QuietHours,
    now: datetime,
) -> Decision:
    if notice.obsolete and contact.address(channel) is not None:
        return Suppress(notice.obsolete)
    return decide(
        template,
        channel,
        contact=contact,
        preferences=preferences,
        quiet=quiet,
        now=now,
        useful_until=notice.useful_until,
    )


def _delivery(
    notice: Notice, template: Template, channel: Channel, *, what: Decision, contact: Contact, now: datetime
) -> Delivery:
    address = contact.address(channel)
    return Delivery(
        id=delivery_id(notice.reason, channel),
        reason=notice.reason,
        channel=channel,
        template=template.name,
        lane=Lane.URGENT if template.is_security else Lane.ORDINARY,
        person_id=notice.person_id,
        clinic_id=notice.clinic_id,
        traceparent=notice.traceparent,
        state=DeliveryState.SUPPRESSED if isinstance(what, Suppress) else DeliveryState.QUEUED,
        address_masked=masked(address) if address else "",
        created_at=now,
        exam_id=notice.exam_id,
        at=notice.at,
        useful_until=notice.useful_until,
        exam_version=notice.exam_version,
        has_secret=notice.has_secret,
        addressed=notice.addressed,
        not_before=what.until if isinstance(what, Hold) else None,
        detail=what.why if isinstance(what, Hold | Suppress) else None,
    )
