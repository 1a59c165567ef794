"""Who looked at whose data: the person's own log, and a clinic's for its auditor.

LGPD (Law 13.709/2018) art. 18 lets a person ask who their data was shared with; a list of names does not exist in
the audit, so a list that staff read (which names no patient) is in the clinic's log and in nobody's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import FORBIDDEN
from services.shared.kernel.principal import Principal

NEWEST = (datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))
"""The key that everything is before."""

EMERGENCY = "emergency"
"""The purpose of every row of an emergency access."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessQuestion:
    """One page, newest first: what is before the key (time, row)."""

    limit: int
    before: tuple[datetime, UUID] = NEWEST
    with_own: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuestion:
    """`emergencies`: only what was done by emergency access, opening it included."""

    limit: int
    before: tuple[datetime, UUID] = NEWEST
    since: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    actor_id: UUID | None = None
    patient_id: UUID | None = None
    action: str | None = None
    emergencies: bool = False

    def wants(self, entry: AuditEntry) -> bool:
        """Whether the row fits, its clinic and its time aside."""
        return (
            self.actor_id in {None, entry.actor_id}
            and self.patient_id in {None, entry.patient_id}
            and self.action in {None, entry.action}
            and (not self.emergencies or entry.purpose == EMERGENCY)
        )


@dataclass(frozen=True, slots=True)
class Access:
    """One row, and what the person may be told of the thing that was read (its exam's protocol and name)."""

    entry: AuditEntry
    about: Mapping[str, Any] = field(default_factory=dict)


class ClinicLog(Protocol):
    async def of_clinic(
        self, caller: Principal, question: AuditQuestion, audit: AuditEntry
    ) -> Sequence[AuditEntry]:
        """Return the rows of the caller's clinic and write `audit`."""
        ...


class AccessLog(ClinicLog, Protocol):
    async def own(self, caller: Principal, question: AccessQuestion, audit: AuditEntry) -> Sequence[Access]:
        """Return who read or changed what is recorded about the caller, in all clinics, and write `audit`."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    caller: Principal
    address: str | None = None
    trace_id: str | None = None

    def did(self, action: str, at: datetime, purpose: str) -> AuditEntry:
        return AuditEntry(
            at=at,
            actor_id=self.caller.account_id,
            actor_roles=tuple(sorted(self.caller.roles)),
            action=action,
            clinic_id=self.caller.clinic_id,
            purpose=purpose,
            address=self.address,
            trace_id=self.trace_id,
        )


@dataclass(frozen=True)
class ReadOwnAccesses:
    """Who read or changed the caller's data: who, what, when and for what purpose, newest first, in all clinics. Own
    reads are in it unless `own=false`. Lists that staff read name no patient and are not in it. One audit row.
    """

    log: AccessLog
    clock: Clock

    async def run(self, asked: Asked, question: AccessQuestion) -> Sequence[Access]:
        audit = asked.did("access.list", self.clock.now(), "own_data")
        return await self.log.own(asked.caller, question, audit)


@dataclass(frozen=True)
class ReadClinicAudit:
    """The audit of the auditor's clinic, newest first; by actor, patient record, action or date, or emergency accesses
    alone. Ids only. One audit row, which says
    whose trail was asked for: the reading is in the log as `audit.list`, a file of it as `audit.export`."""

    log: ClinicLog
    clock: Clock

    async def run(
        self, asked: Asked, question: AuditQuestion, *, export: bool = False
    ) -> Sequence[AuditEntry]:
        if asked.caller.clinic_id is None:
            raise FORBIDDEN.error()
        audit = asked.did("audit.export" if export else "audit.list", self.clock.now(), "audit")
        if question.patient_id is not None:
            audit = replace(audit, resource=f"patient/{question.patient_id}")
        return await self.log.of_clinic(asked.caller, question, audit)
