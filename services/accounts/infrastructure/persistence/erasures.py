"""Requests for erasure in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.accounts.application.ports import IdentifierVault
from services.accounts.domain.erasure import Decision, Erasure, ErasureState, RecordErasure
from services.shared.platform.postgres.database import Database, ReadSession, Row, WriteSession

_RECEIPT = "erasure-receipt"


class PostgresErasureReader:
    lock = ""

    def __init__(self, session: ReadSession, vault: IdentifierVault) -> None:
        self._reading = session
        self._vault = vault

    async def newest_of(self, person_id: UUID) -> Erasure | None:
        rows = await self._reading.rows(
            "SELECT * FROM erasures WHERE person_id = $1 ORDER BY id DESC LIMIT 1", person_id
        )
        return next(iter(await self._whole(rows)), None)

    async def of_clinic(self, clinic_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Erasure]:
        rows = await self._reading.rows(
            """SELECT e.* FROM erasures e WHERE e.state = 'requested' AND ($2::uuid IS NULL OR e.id < $2)
               AND EXISTS (SELECT FROM erasure_records r WHERE r.erasure_id = e.id AND r.clinic_id = $1)
               ORDER BY e.id DESC LIMIT $3""",
            clinic_id,
            after,
            limit,
        )
        return await self._whole(rows)

    async def get(self, erasure_id: UUID) -> Erasure | None:
        rows = await self._reading.rows(f"SELECT * FROM erasures WHERE id = $1 {self.lock}", erasure_id)  # noqa: S608
        return next(iter(await self._whole(rows)), None)

    async def _whole(self, rows: Sequence[Row]) -> list[Erasure]:
        records: dict[UUID, list[RecordErasure]] = {row["id"]: [] for row in rows}
        for row in await self._reading.rows(
            "SELECT * FROM erasure_records WHERE erasure_id = ANY ($1) ORDER BY patient_id", list(records)
        ):
            records[row["erasure_id"]].append(_record(row))
        return [self._erasure(row, records[row["id"]]) for row in rows]

    def _erasure(self, row: Row, records: Sequence[RecordErasure]) -> Erasure:
        return Erasure(
            id=row["id"],
            person_id=row["person_id"],
            receipt_code=self._vault.open(row["receipt_sealed"], purpose=_RECEIPT, owner=row["id"]),
            requested_at=row["requested_at"],
            due_at=row["due_at"],
            records=tuple(records),
            state=ErasureState(row["state"]),
            withdrawn_at=row["withdrawn_at"],
            done_at=row["done_at"],
        )


class PostgresErasures(PostgresErasureReader):
    lock = "FOR UPDATE"

    def __init__(self, session: WriteSession, vault: IdentifierVault) -> None:
        super().__init__(session, vault)
        self._session = session

    async def add(self, erasure: Erasure, receipt_hash: bytes) -> None:
        await self._session.execute(
            """INSERT INTO erasures (id, person_id, receipt_hash, receipt_sealed, state, requested_at, due_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7)""",
            erasure.id,
            erasure.person_id,
            receipt_hash,
            self._vault.seal(erasure.receipt_code, purpose=_RECEIPT, owner=erasure.id),
            erasure.state,
            erasure.requested_at,
            erasure.due_at,
        )
        for record in erasure.records:
            await self._session.execute(
                """INSERT INTO erasure_records (erasure_id, patient_id, clinic_id, person_id, account_id, due_at,
                       decision)
                   VALUES ($1, $2, $3, $4, $5, $6, $7)""",
                erasure.id,
                record.patient_id,
                record.clinic_id,
                erasure.person_id,
                record.account_id,
                record.due_at,
                record.decision,
            )

    async def save(self, erasure: Erasure) -> None:
        await self._session.execute(
            "UPDATE erasures SET state = $2, withdrawn_at = $3, done_at = $4 WHERE id = $1",
            erasure.id,
            erasure.state,
            erasure.withdrawn_at,
            erasure.done_at,
        )
        for record in erasure.records:
            await self._session.execute(
                """UPDATE erasure_records SET due_at = $3, decision = $4, reason = $5, decided_by = $6,
                       decided_at = $7, done_at = $8
                   WHERE erasure_id = $1 AND patient_id = $2""",
                erasure.id,
                record.patient_id,
                record.due_at,
                record.decision,
                record.reason,
                record.decided_by,
                record.decided_at,
                record.done_at,
            )


class PostgresErasureDirectory:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: datetime, limit: int) -> Sequence[tuple[UUID, UUID]]:
        async with self._database.statements() as session:
            rows = await session.rows("SELECT id, person_id FROM erasures_due($1, $2)", now, limit)
        return [(row["id"], row["person_id"]) for row in rows]

    async def of_receipt(self, receipt_hash: bytes) -> tuple[UUID, UUID] | None:
        async with self._database.statements() as session:
            rows = await session.rows("SELECT id, person_id FROM erasure_of_receipt($1)", receipt_hash)
        return next(((row["id"], row["person_id"]) for row in rows), None)


def _record(row: Row) -> RecordErasure:
    return RecordErasure(
        patient_id=row["patient_id"],
        clinic_id=row["clinic_id"],
        account_id=row["account_id"],
        due_at=row["due_at"],
        decision=Decision(row["decision"]),
        reason=row["reason"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        done_at=row["done_at"],
    )
