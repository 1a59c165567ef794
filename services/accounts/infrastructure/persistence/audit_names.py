"""Names behind the ids of the audit, in PostgreSQL; row-level security keeps them to the transaction's clinic."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.accounts.application.audit_ports import KnownActor
from services.shared.platform.postgres.database import ReadSession


class PostgresAuditNames:
    def __init__(self, session: ReadSession) -> None:
        self._reading = session

    async def actors(self, clinic_id: UUID, ids: Sequence[UUID]) -> Sequence[KnownActor]:
        rows = await self._reading.rows(
            """SELECT account_id AS id, name, false AS is_program FROM memberships
               WHERE clinic_id = $1 AND account_id = ANY ($2::uuid[])
               UNION ALL SELECT id, name, true FROM machine_clients
               WHERE clinic_id = $1 AND id = ANY ($2::uuid[])""",
            clinic_id,
            list(ids),
        )
        return [KnownActor(row["id"], row["name"], row["is_program"]) for row in rows]

    async def record_numbers(self, clinic_id: UUID, ids: Sequence[UUID]) -> Mapping[UUID, str]:
        rows = await self._reading.rows(
            "SELECT id, record_number FROM patient_records WHERE clinic_id = $1 AND id = ANY ($2::uuid[])",
            clinic_id,
            list(ids),
        )
        return {row["id"]: row["record_number"] for row in rows}

    async def record_with(self, clinic_id: UUID, number: str) -> UUID | None:
        row = await self._reading.row(
            "SELECT id FROM patient_records WHERE clinic_id = $1 AND record_number = $2", clinic_id, number
        )
        return row["id"] if row else None
