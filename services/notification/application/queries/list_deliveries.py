"""List what was sent, newest first."""

from datetime import datetime
from uuid import UUID

from services.notification.application.ports import AuditLog, DeliveryLog, LogFilter
from services.notification.application.reading import Request, entry, reads_clinic_log, reads_one_exam
from services.notification.domain.delivery import Delivery
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import FORBIDDEN


class ListDeliveries:
    """A patient sees the messages to herself, of all clinics; administrator and receptionist their clinic's log;
    technician and releaser the messages about one exam of their clinic, which they name.

    Addresses are masked and no text is kept. One audit row per list, before the answer.
    """

    def __init__(self, *, log: DeliveryLog, audit: AuditLog, clock: Clock) -> None:
        self._log = log
        self._audit = audit
        self._clock = clock

    async def __call__(
        self, request: Request, *, exam_id: UUID | None, after: tuple[datetime, UUID] | None, limit: int
    ) -> list[Delivery]:
        caller = request.caller
        if reads_one_exam(caller) and not reads_clinic_log(caller) and exam_id is None:
            raise FORBIDDEN.error()
        if reads_clinic_log(caller) or reads_one_exam(caller):
            which = LogFilter(clinic_id=caller.clinic_id, exam_id=exam_id)
        else:
            which = LogFilter(person_id=caller.account_id, exam_id=exam_id)
        found = await self._log.page(which, after=after, limit=limit)
        resource = f"exam/{exam_id}" if exam_id else None
        await self._audit.record(entry(request, self._clock.now(), "notification.list", resource))
        return found
