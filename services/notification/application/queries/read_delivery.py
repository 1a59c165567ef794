"""Read one message's state."""

from uuid import UUID

from services.notification.application.ports import AuditLog, DeliveryLog
from services.notification.application.reading import Request, entry, reads_clinic_log
from services.notification.domain.delivery import Delivery
from services.notification.domain.errors import DELIVERY_NOT_FOUND
from services.shared.kernel.clock import Clock


class ReadDelivery:
    """Another person's message, and another clinic's, is not found: its existence is not told either."""

    def __init__(self, *, log: DeliveryLog, audit: AuditLog, clock: Clock) -> None:
        self._log = log
        self._audit = audit
        self._clock = clock

    async def __call__(self, request: Request, delivery_id: UUID) -> Delivery:
        caller = request.caller
        found = await self._log.find(delivery_id)
        if found is None:
            raise DELIVERY_NOT_FOUND.error()
        if reads_clinic_log(caller):
            is_theirs = found.clinic_id == caller.clinic_id
        else:
            is_theirs = found.person_id == caller.account_id
        if not is_theirs:
            raise DELIVERY_NOT_FOUND.error()
        await self._audit.record(
            entry(request, self._clock.now(), "notification.read", f"notification/{delivery_id}")
        )
        return found
