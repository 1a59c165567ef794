"""From the e-mail and SMS providers' own events to this service's command.

They come in EventBridge's envelope, not in ours: SES's events as its configuration set publishes them
(https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html) and the receipts of AWS End
User Messaging SMS (https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-format.html).
They carry addresses: nothing of them is logged or kept but ids, times and codes.
"""

from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from services.notification.application.commands.record_receipt import RecordReceipt
from services.notification.application.commands.tell_person import Told
from services.notification.domain.receipt import Receipt, ReceiptKind
from services.shared.platform.messaging.envelope import MalformedMessage, Message
from services.shared.platform.tracing import current_traceparent

QUEUE = "notification-provider-events"
TYPES = frozenset({"aws.ses", "aws.sms-voice"})
_NO_CLINIC = UUID(int=0)  # the provider does not know it; the delivery does

_EMAIL_KINDS = {
    "Send": ReceiptKind.ACCEPTED,
    "Delivery": ReceiptKind.DELIVERED,
    "Bounce": ReceiptKind.BOUNCED,
    "Complaint": ReceiptKind.COMPLAINED,
    "Reject": ReceiptKind.REJECTED,
}
_SMS_KINDS = {
    "TEXT_QUEUED": ReceiptKind.ACCEPTED,
    "TEXT_PENDING": ReceiptKind.ACCEPTED,
    "TEXT_SENT": ReceiptKind.ACCEPTED,
    "TEXT_SUCCESSFUL": ReceiptKind.ACCEPTED,  # the carrier has it; not yet the phone
    "TEXT_DELIVERED": ReceiptKind.DELIVERED,
    "TEXT_INVALID": ReceiptKind.BOUNCED,
    "TEXT_INVALID_MESSAGE": ReceiptKind.BOUNCED,
    "TEXT_UNREACHABLE": ReceiptKind.BOUNCED,
    "TEXT_CARRIER_UNREACHABLE": ReceiptKind.BOUNCED,
    "TEXT_BLOCKED": ReceiptKind.BOUNCED,
    "TEXT_CARRIER_BLOCKED": ReceiptKind.BOUNCED,
    "TEXT_SPAM": ReceiptKind.BOUNCED,
    "TEXT_TTL_EXPIRED": ReceiptKind.BOUNCED,
    "TEXT_PROTECT_BLOCKED": ReceiptKind.REJECTED,
}


class _Tags(BaseModel):
    delivery_id: list[UUID] = []


class _Mail(BaseModel):
    message_id: str = Field(alias="messageId")
    timestamp: datetime
    tags: _Tags = _Tags()


class _Bounce(BaseModel):
    type: Literal["Undetermined", "Permanent", "Transient"] = Field("Undetermined", alias="bounceType")


class _EmailDetail(BaseModel):
    kind: str = Field(alias="eventType")
    mail: _Mail
    bounce: _Bounce = _Bounce()


class _Context(BaseModel):
    delivery_id: UUID | None = None


class _SmsDetail(BaseModel):
    kind: str = Field(alias="eventType")
    message_id: str = Field(alias="messageId")
    requested_ms: int = Field(alias="messageRequestTimestamp")
    context: _Context = _Context()


class _EmailEvent(BaseModel):
    id: UUID
    time: datetime
    source: Literal["aws.ses"]
    detail: _EmailDetail


class _SmsEvent(BaseModel):
    id: UUID
    time: datetime
    source: Literal["aws.sms-voice"]
    detail: _SmsDetail


class ProviderEvent(BaseModel):
    """What is left of the event: `receipt` is None when it tells nothing of a delivery of ours."""

    receipt: Receipt | None


_EVENTS: TypeAdapter[_EmailEvent | _SmsEvent] = TypeAdapter(_EmailEvent | _SmsEvent)


def parse_provider_event(body: str | bytes) -> Message:
    """Read and validate an event; raise MalformedMessage with the reason (no content)."""
    try:
        event = _EVENTS.validate_json(body)
    except ValidationError as error:
        fields = sorted({".".join(str(part) for part in item["loc"]) for item in error.errors()})
        raise MalformedMessage(f"provider event: {', '.join(fields)}") from None
    receipt = _of_email(event.detail) if isinstance(event, _EmailEvent) else _of_text(event.detail)
    return Message(
        id=event.id,
        type=event.source,
        source=event.source,
        subject=str(receipt.delivery_id) if receipt else "",
        time=event.time,
        clinic_id=_NO_CLINIC,
        traceparent=current_traceparent(),
        data=ProviderEvent(receipt=receipt),
    )


def _of_email(detail: _EmailDetail) -> Receipt | None:
    kind, ours = _EMAIL_KINDS.get(detail.kind), detail.mail.tags.delivery_id
    if kind is None or not ours:
        return None
    return Receipt(
        delivery_id=ours[0],
        kind=kind,
        provider_id=detail.mail.message_id,
        accepted_at=detail.mail.timestamp,
        detail=_email_detail(kind, detail.bounce),
    )


def _email_detail(kind: ReceiptKind, bounce: _Bounce) -> str | None:
    if kind is ReceiptKind.BOUNCED:
        return f"bounced_{bounce.type.lower()}"
    return kind.value if kind in (ReceiptKind.REJECTED, ReceiptKind.COMPLAINED) else None


def _of_text(detail: _SmsDetail) -> Receipt | None:
    kind, ours = _SMS_KINDS.get(detail.kind), detail.context.delivery_id
    if kind is None or ours is None:
        return None
    return Receipt(
        delivery_id=ours,
        kind=kind,
        provider_id=detail.message_id,
        accepted_at=datetime.fromtimestamp(detail.requested_ms / 1000, UTC),
        detail=detail.kind.lower().removeprefix("text_") if kind.value in ("bounced", "rejected") else None,
    )


class ProviderEvents:
    def __init__(self, *, record_receipt: RecordReceipt) -> None:
        self._record = record_receipt

    async def __call__(self, message: Message) -> Told:
        data: Any = message.data
        assert isinstance(data, ProviderEvent)
        if data.receipt is not None:
            await self._record(data.receipt)
        return Told.DONE
