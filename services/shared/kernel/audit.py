"""One audit fact: who did what to whose clinical data, for what purpose, from where.

LGPD (Law 13.709/2018) art. 37 asks for a record of every treatment of personal data; ids only, never identity.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.shared.kernel.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    at: datetime
    actor_id: UUID
    actor_roles: tuple[str, ...]
    action: str  # dotted verb, e.g. `exam.read`, `exam.list`, `file.link_issued`
    clinic_id: UUID | None  # None: a patient's list over all of that person's clinics
    patient_id: UUID | None = None  # the record (or person) whose data was touched; None for a list
    resource: str | None = None  # e.g. `exam/<id>`
    purpose: str = "care"
    address: str | None = None  # the caller's network address
    trace_id: str | None = None
    id: UUID = field(default_factory=new_id)
