"""Record what the provider tells of a message."""

from services.notification.application.ports import Deliveries
from services.notification.domain.receipt import Receipt


class RecordReceipt:
    """Settles a delivery whose own record is missing, and keeps how it ended at the recipient.

    - A receipt of acceptance makes an unknown, a sending and even a queued delivery sent: a repeat that waits for its
      time is then not sent any more. Nobody is told twice by it.
    - A bounce makes it failed, a complaint leaves it delivered; both stay on the delivery.
    """

    def __init__(self, *, deliveries: Deliveries) -> None:
        self._deliveries = deliveries

    async def __call__(self, receipt: Receipt) -> bool:
        """Return whether it changed the delivery."""
        return await self._deliveries.record_receipt(receipt)
