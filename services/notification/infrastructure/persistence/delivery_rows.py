"""Deliveries as Mongo documents and back."""

from dataclasses import asdict, fields

from services.notification.domain.channel import Channel
from services.notification.domain.delivery import Delivery, DeliveryState, Lane
from services.notification.infrastructure.persistence.database import Document

_KNOWN = frozenset(field.name for field in fields(Delivery)) - {"id"}


def to_document(delivery: Delivery) -> Document:
    """`due_at` is when a sender may next take it: what the index of the pending ones is over."""
    document = asdict(delivery)
    document["_id"] = document.pop("id")
    document["channel"], document["lane"], document["state"] = (
        delivery.channel.value,
        delivery.lane.value,
        delivery.state.value,
    )
    document["due_at"] = delivery.lease_until or delivery.not_before or delivery.created_at
    return document


def from_document(document: Document) -> Delivery:
    """What a newer release wrote besides is passed over: old and new run side by side while one replaces the other."""
    known = {name: value for name, value in document.items() if name in _KNOWN}
    known["channel"], known["lane"], known["state"] = (
        Channel(known["channel"]),
        Lane(known["lane"]),
        DeliveryState(known["state"]),
    )
    return Delivery(id=document["_id"], **known)
