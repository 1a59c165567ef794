"""The access log over the doors of audit_doors.py: two statements, the second of which is the reading's own row."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from services.shared.kernel.access_log import Access, AccessQuestion, AuditQuestion
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.principal import Principal
from services.shared.platform.postgres.audit_chain import read_entry
from services.shared.platform.postgres.database import Database, ReadSession, Scope

About = Callable[[ReadSession, Sequence[AuditEntry]], Awaitable[Mapping[str, Mapping[str, Any]]]]
"""Says what the resources of the rows are, by their names, as the person may read it: one statement."""


class PostgresAccessLog:
    def __init__(self, database: Database, about: About | None = None) -> None:
        self._database = database
        self._about = about

    async def own(self, caller: Principal, question: AccessQuestion, audit: AuditEntry) -> Sequence[Access]:
        async with self._database.read(Scope(person_id=caller.account_id)) as session:
            rows = await session.rows(
                "SELECT * FROM own_accesses($1, $2, $3, $4)",
                *question.before,
                question.with_own,
                question.limit,
            )
            entries = [read_entry(row) for row in rows]
            about = await self._about(session, entries) if self._about else {}
            await session.audit(audit)
        return [Access(entry, about.get(entry.resource or "", {})) for entry in entries]

    async def of_clinic(
        self, caller: Principal, question: AuditQuestion, audit: AuditEntry
    ) -> Sequence[AuditEntry]:
        async with self._database.read(Scope(clinic_id=caller.clinic_id)) as session:
            door = "clinic_emergencies" if question.emergencies else "clinic_audit"
            rows = await session.rows(
                f"SELECT * FROM {door}($1, $2, $3, $4, $5, $6, $7)",  # noqa: S608 - one of two names
                *question.before,
                question.since,
                question.actor_id,
                question.patient_id,
                question.action,
                question.limit,
            )
            await session.audit(audit)
        return [read_entry(row) for row in rows]
