"""The audit facts of staff reading patients' identities."""

from datetime import datetime
from uuid import UUID

from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.errors import FORBIDDEN
from services.shared.kernel.principal import Principal


def clinic_of(caller: Principal) -> UUID:
    """Return the clinic the caller works in; who works in none sees no patient."""
    if caller.clinic_id is None:
        raise FORBIDDEN.error()
    return caller.clinic_id


def read_entry(
    caller: Principal,
    action: str,
    now: datetime,
    *,
    clinic_id: UUID,
    address: str | None,
    patient_id: UUID | None = None,
    purpose: str = "care",
) -> AuditEntry:
    return AuditEntry(
        at=now,
        actor_id=caller.account_id,
        actor_roles=tuple(sorted(caller.roles)),
        action=action,
        clinic_id=clinic_id,
        patient_id=patient_id,
        resource=f"patient/{patient_id}" if patient_id else "patients",
        purpose=purpose,
        address=address,
    )
