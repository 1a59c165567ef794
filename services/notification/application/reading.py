"""Who reads, from where, and the audit fact of it."""

from dataclasses import dataclass
from datetime import datetime

from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.principal import Principal, Role

CLINIC_LOG_READERS = (Role.ADMINISTRATOR, Role.RECEPTIONIST)
EXAM_LOG_READERS = (Role.TECHNICIAN, Role.RELEASER)  # who works on an exam sees whether its patient was told


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    caller: Principal
    address: str | None
    trace_id: str | None


def reads_clinic_log(caller: Principal) -> bool:
    return caller.clinic_id is not None and caller.has(*CLINIC_LOG_READERS)


def reads_one_exam(caller: Principal) -> bool:
    return caller.clinic_id is not None and caller.has(*EXAM_LOG_READERS)


def entry(request: Request, at: datetime, action: str, resource: str | None = None) -> AuditEntry:
    caller = request.caller
    return AuditEntry(
        at=at,
        actor_id=caller.account_id,
        actor_roles=tuple(sorted(caller.roles)),
        action=action,
        clinic_id=caller.clinic_id,
        patient_id=None if caller.clinic_id else caller.account_id,
        resource=resource,
        purpose="operations" if caller.clinic_id else "own_data",
        address=request.address,
        trace_id=request.trace_id,
    )
