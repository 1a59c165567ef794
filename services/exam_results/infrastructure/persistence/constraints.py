"""Which business error a violated constraint is."""

from services.exam_results.domain import errors
from services.shared.kernel.errors import ErrorKind

CONSTRAINTS: dict[str, ErrorKind] = {
    "exam_events_one_per_version": errors.VERSION_CONFLICT,
    "exams_protocol": errors.PROTOCOL_CLASH,
    "reports_one_final": errors.VERSION_CONFLICT,
}
