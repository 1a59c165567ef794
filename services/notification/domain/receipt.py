"""What the provider tells of a message it took, and what that makes of the delivery.

Receipts may come twice, late and in any order, also before our own record of the call: the furthest one counts.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.notification.domain.delivery import DeliveryState


class ReceiptKind(StrEnum):
    ACCEPTED = "accepted"  # the provider has it and will try
    DELIVERED = "delivered"  # the recipient's mail server or phone has it
    BOUNCED = "bounced"  # it could not be delivered, and is not tried again
    REJECTED = "rejected"  # the provider did not try after all
    COMPLAINED = "complained"  # delivered, and the recipient calls it unwanted


_RANK = {kind: rank for rank, kind in enumerate(ReceiptKind, 1)}
_STATE = {
    ReceiptKind.ACCEPTED: DeliveryState.SENT,
    ReceiptKind.DELIVERED: DeliveryState.DELIVERED,
    ReceiptKind.BOUNCED: DeliveryState.FAILED,
    ReceiptKind.REJECTED: DeliveryState.FAILED,
    ReceiptKind.COMPLAINED: DeliveryState.DELIVERED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    delivery_id: UUID
    kind: ReceiptKind
    provider_id: str  # the provider's own id of the message
    accepted_at: datetime
    detail: str | None = None  # why it bounced: a code of ours, never what the provider wrote

    @property
    def rank(self) -> int:
        """Only a receipt of a higher rank than the last one changes the delivery."""
        return _RANK[self.kind]

    @property
    def state(self) -> DeliveryState:
        return _STATE[self.kind]
