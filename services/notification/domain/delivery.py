"""One message to one person by one channel, and how far it got."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from services.notification.domain.channel import Channel

_NAMESPACE = UUID("6f1f7c1e-5a52-5d3b-9f3e-0c6d5b7f2a10")


class DeliveryState(StrEnum):
    QUEUED = "queued"  # due now, or held until `not_before`
    SENDING = "sending"  # set before the provider is called
    SENT = "sent"  # accepted by the provider, whose id is on record
    DELIVERED = "delivered"  # the provider says that it arrived
    FAILED = "failed"  # surely not accepted, or bounced; not tried again
    UNKNOWN = "unknown"  # a crash or a time-out in between: may or may not have gone out
    SUPPRESSED = "suppressed"  # not sent on purpose


class Lane(StrEnum):
    """Security messages have senders of their own: a backlog of others never delays a one-time code."""

    URGENT = "urgent"
    ORDINARY = "ordinary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Holds no text and no whole address: both are made afresh when it is sent."""

    id: UUID
    reason: str
    channel: Channel
    template: str
    lane: Lane
    person_id: UUID
    clinic_id: UUID
    traceparent: str
    state: DeliveryState
    address_masked: str
    created_at: datetime
    exam_id: UUID | None = None
    at: datetime | None = None
    useful_until: datetime | None = None
    exam_version: int | None = None  # set where any later change of the exam makes the text wrong
    has_secret: bool = False
    addressed: bool = False  # the vault keeps whom it is for and the address, beside the code
    not_before: datetime | None = None  # held until then: quiet hours, or back-off after a refusal
    lease_until: datetime | None = None  # a sender holds it
    attempts: int = 0
    sending_at: datetime | None = None
    sent_at: datetime | None = None
    provider_id: str | None = None
    receipt_rank: int = 0  # of the furthest receipt that the provider gave (domain/receipt.py)
    detail: str | None = None  # why suppressed, failed or held: a code, never what the provider wrote


def delivery_id(reason: str, channel: Channel) -> UUID:
    """Return the one id of (reason, channel), so that creating it a second time creates nothing."""
    return uuid5(_NAMESPACE, f"{reason}/{channel}")
