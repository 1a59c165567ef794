"""The audit trail in DynamoDB: a row is put where none is, and never touched again (the role may not update it).

Rows of one moment are one transaction: each still put only where none is, and nobody is answered before it is done.
"""

from collections.abc import Sequence

from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from services.file_management.infrastructure.dynamodb.gathering import Gathering
from services.file_management.infrastructure.dynamodb.table import Table
from services.shared.kernel.audit import AuditEntry

_ROWS_PER_CALL = 100  # TransactWriteItems' limit


class DynamoAuditTrail:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._writes = Gathering(self._record, at_most=_ROWS_PER_CALL)

    async def record(self, entry: AuditEntry) -> None:
        await self._writes.ask(entry)

    def _record(self, entries: Sequence[AuditEntry]) -> Sequence[None]:
        missing = self._table.audit.pk.does_not_exist()
        with TransactWrite(connection=self._table.connection) as transaction:
            for entry in entries:
                transaction.save(self._row(entry), condition=missing)
        return [None] * len(entries)

    def _row(self, entry: AuditEntry) -> Model:
        at = entry.at.isoformat()
        return self._table.audit(
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
