"""Deliveries as Mongo documents and back."""

from dataclasses import asdict

from services.notification.domain.channel import Channel
from services.notification.domain.delivery import Delivery, DeliveryState, Lane
from services.notification.infrastructure.persistence.database import Document


def to_document(delivery: Delivery) -> Document:
    """`due_at` is when a sender may next take it: what the index of the pending ones is over."""
    fields = asdict(delivery)
    fields["_id"] = fields.pop("id")
    fields["channel"], fields["lane"], fields["state"] = (
        delivery.channel.value,
        delivery.lane.value,
        delivery.state.value,
    )
    fields["due_at"] = delivery.lease_until or delivery.not_before or delivery.created_at
    return fields


def from_document(document: Document) -> Delivery:
    fields = {name: value for name, value in document.items() if name not in ("_id", "due_at")}
    fields["channel"], fields["lane"], fields["state"] = (
        Channel(fields["channel"]),
        Lane(fields["lane"]),
        DeliveryState(fields["state"]),
    )
    return Delivery(id=document["_id"], **fields)
