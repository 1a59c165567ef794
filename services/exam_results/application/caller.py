"""Who asks, from where, in which trace: what every audit row needs."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.exam_results.domain.exam import Actor
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class Caller:
    principal: Principal
    address: str | None = None
    trace_id: str | None = None

    @property
    def id(self) -> UUID:
        return self.principal.account_id

    @property
    def actor(self) -> Actor:
        return Actor(self.principal.account_id, self.principal.roles)

    def did(
        self,
        action: str,
        at: datetime,
        *,
        clinic_id: UUID | None,
        patient_id: UUID | None = None,
        exam_id: UUID | None = None,
        purpose: str = "care",
    ) -> AuditEntry:
        """Return the audit row of this request; no patient and no exam for a list."""
        return AuditEntry(
            at=at,
            actor_id=self.principal.account_id,
            actor_roles=tuple(sorted(self.principal.roles)),
            action=action,
            clinic_id=clinic_id,
            patient_id=patient_id,
            resource=f"exam/{exam_id}" if exam_id else None,
            purpose=purpose,
            address=self.address,
            trace_id=self.trace_id,
        )
