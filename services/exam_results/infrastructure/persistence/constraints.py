"""Which business error a violated constraint is."""

from services.exam_results.domain import errors
from services.shared.kernel.errors import ErrorKind
from services.shared.platform.postgres.idempotency import IN_FLIGHT

CONSTRAINTS: dict[str, ErrorKind] = {
    "exam_events_one_per_version": errors.VERSION_CONFLICT,
    "exam_of_patients_person": errors.PATIENT_MERGED,
    "exams_protocol": errors.PROTOCOL_CLASH,
    "idempotency_pkey": IN_FLIGHT,  # the same request was faster: its answer is looked up
    "reports_one_final": errors.VERSION_CONFLICT,
}
