"""Who asks, from where, in which trace: what an audit row needs."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class Caller:
    principal: Principal
    address: str | None = None
    trace_id: str | None = None
    authorization: str = field(
        default="", repr=False
    )  # the header as it came; for asking on the caller's behalf

    def did(
        self,
        action: str,
        at: datetime,
        *,
        clinic_id: UUID,
        patient_id: UUID | None,
        resource: str,
        purpose: str = "care",
    ) -> AuditEntry:
        return AuditEntry(
            at=at,
            actor_id=self.principal.account_id,
            actor_roles=tuple(sorted(self.principal.roles)),
            action=action,
            clinic_id=clinic_id,
            patient_id=patient_id,
            resource=resource,
            purpose=purpose,
            address=self.address,
            trace_id=self.trace_id,
        )
