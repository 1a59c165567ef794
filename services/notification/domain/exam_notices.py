"""Which change of an exam is told, and by which text."""

from datetime import datetime

SCHEDULED, CANCELLED, ENTERED_IN_ERROR = "scheduled", "cancelled", "entered_in_error"


def template_of_change(
    *, state: str, previous_state: str | None, scheduled_at: datetime | None, ever_released: bool
) -> str | None:
    """Return the template's name, or None when the patient is told nothing.

    An appointment that is made or moved, a cancellation, and the annulment of what the patient may have read.
    Collection, analysis and release are not told: completion and the opened report have events of their own.
    """
    if state == SCHEDULED and scheduled_at is not None:
        return "rescheduled" if previous_state == SCHEDULED else "scheduled"
    if previous_state is None and scheduled_at is not None:
        return "scheduled"
    if state == CANCELLED and previous_state != CANCELLED:
        return "cancelled"
    if state == ENTERED_IN_ERROR and ever_released:
        return "annulled"
    return None
