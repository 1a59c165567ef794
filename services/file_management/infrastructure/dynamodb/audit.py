"""The audit trail in DynamoDB: a row is put where none is, and never touched again (the role may not update it)."""

import asyncio

from services.file_management.infrastructure.dynamodb.table import Table
from services.shared.kernel.audit import AuditEntry


class DynamoAuditTrail:
    def __init__(self, table: Table) -> None:
        self._table = table

    async def record(self, entry: AuditEntry) -> None:
        await asyncio.to_thread(self._record, entry)

    def _record(self, entry: AuditEntry) -> None:
        at = entry.at.isoformat()
        row = self._table.audit(
            f"AUDIT#{entry.clinic_id}#{at[:10]}",
            f"{at}#{entry.id}",
            actor_id=str(entry.actor_id),
            actor_roles=list(entry.actor_roles),
            action=entry.action,
            clinic_id=str(entry.clinic_id),
            patient_id=str(entry.patient_id) if entry.patient_id else None,
            resource=entry.resource,
            purpose=entry.purpose,
            address=entry.address,
            trace_id=entry.trace_id,
        )
        row.save(condition=self._table.audit.pk.does_not_exist())
