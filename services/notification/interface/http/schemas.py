"""What the API says of a delivery, and takes as preferences."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.notification.domain.delivery import Delivery, DeliveryState


class DeliveryItem(BaseModel):
    """One message: its text is not kept, its address only masked."""

    id: UUID
    exam_id: UUID | None
    template: str
    channel: str
    state: DeliveryState
    address_masked: str
    created_at: datetime
    not_before: datetime | None  # held until then: quiet hours, or a repeat after a refusal
    sent_at: datetime | None
    detail: str | None  # why it is held, suppressed, failed or unknown: a code


class DeliveryPage(BaseModel):
    items: list[DeliveryItem]
    next_cursor: str | None


class PreferencesBody(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    email: bool
    sms: bool


def item(delivery: Delivery) -> dict[str, Any]:
    """The item as plain data for orjson: no model on the way out of a list."""
    waiting = delivery.state is DeliveryState.QUEUED
    return {
        "id": delivery.id,
        "exam_id": delivery.exam_id,
        "template": delivery.template,
        "channel": delivery.channel,
        "state": delivery.state,
        "address_masked": delivery.address_masked,
        "created_at": delivery.created_at,
        "not_before": delivery.not_before if waiting else None,
        "sent_at": delivery.sent_at,
        "detail": delivery.detail,
    }
