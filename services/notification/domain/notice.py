"""Something a person is to be told, once, before it is known by which channels."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notification.domain.channel import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """`reason` names the occasion, e.g. `exam:<id>:ready:2`: the same reason is told once per channel."""

    reason: str
    template: str
    person_id: UUID
    clinic_id: UUID
    traceparent: str
    exam_id: UUID | None = None
    at: datetime | None = None  # the moment the text speaks of
    useful_until: datetime | None = None  # after that, silence is better
    exam_version: int | None = None  # set where any later change of the exam makes the text wrong
    has_secret: bool = False  # the vault keeps a code under this reason
    addressed: bool = False  # the vault keeps the address too: it is on no contact's file
    channels: tuple[Channel, ...] = tuple(Channel)  # a code goes to the contacts it was made for alone
    obsolete: str | None = None  # why it is not told any more; the log still shows it
