"""The audit trail in DynamoDB: a row is put where none is, and never touched again (the role may not update it).

Rows of one moment are one transaction: each still put only where none is, and nobody is answered before it is done.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from pynamodb.exceptions import PutError
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from services.file_management.infrastructure.dynamodb.gathering import Gathering
from services.file_management.infrastructure.dynamodb.rows import AuditRow
from services.file_management.infrastructure.dynamodb.table import Table
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.audit_chain import chain_of, clinic_of_chain

CHAINS = "AUDITCHAINS"
_ROWS_PER_CALL = 100  # TransactWriteItems' limit


class DynamoAuditTrail:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._writes = Gathering(self._record, at_most=_ROWS_PER_CALL)
        self._known: set[str] = set()  # chains this process has seen: the sealer finds them by their entry

    async def record(self, entry: AuditEntry) -> None:
        await self._writes.ask(entry)

    def _record(self, entries: Sequence[AuditEntry]) -> Sequence[None]:
        self._make_chains_known(entries)
        missing = self._table.audit.pk.does_not_exist()
        with TransactWrite(connection=self._table.connection) as transaction:
            for entry in entries:
                transaction.save(self._row(entry), condition=missing)
        return [None] * len(entries)

    def _make_chains_known(self, entries: Sequence[AuditEntry]) -> None:
        """One call for each chain in the life of the process."""
        for entry in entries:
            chain = chain_of(entry.clinic_id)
            if chain not in self._known:
                row = self._table.chain(CHAINS, chain, since=entry.at.date().isoformat())
                try:
                    row.save(condition=self._table.chain.pk.does_not_exist())  # the first day stays
                except PutError as error:
                    if error.cause_response_code != "ConditionalCheckFailedException":
                        raise
                self._known.add(chain)

    def _row(self, entry: AuditEntry) -> Model:
        chain, patient = chain_of(entry.clinic_id), str(entry.patient_id) if entry.patient_id else None
        return self._table.audit(
            partition(chain, entry.at.date()),
            f"{entry.at.isoformat()}#{entry.id}",
            actor_id=str(entry.actor_id),
            actor_roles=list(entry.actor_roles),
            action=entry.action,
            clinic_id=chain,
            patient_id=patient,
            resource=entry.resource,
            purpose=entry.purpose,
            address=entry.address,
            trace_id=entry.trace_id,
            audit_patient=patient,
        )


def partition(chain: str, day: date) -> str:
    return f"AUDIT#{chain}#{day.isoformat()}"


def read_entry(row: AuditRow) -> AuditEntry:
    at, _, row_id = row.sk.partition("#")
    return AuditEntry(
        id=UUID(row_id),
        at=datetime.fromisoformat(at),
        actor_id=UUID(row.actor_id),
        actor_roles=tuple(str(role) for role in row.actor_roles),
        action=row.action,
        clinic_id=clinic_of_chain(row.clinic_id),
        patient_id=UUID(row.patient_id) if row.patient_id else None,
        resource=row.resource,
        purpose=row.purpose,
        address=row.address,
        trace_id=row.trace_id,
    )
