"""Corrections in PostgreSQL; what names the patient rests sealed under the record's own key and goes with it."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

import orjson

from services.accounts.application.ports import IdentifierVault
from services.accounts.domain.correction import (
    Correction,
    CorrectionFacts,
    CorrectionField,
    CorrectionState,
)
from services.shared.platform.postgres.database import ReadSession, Row, WriteSession

_FACTS = "correction"
_SELECT = """SELECT c.*, k.wrapped AS own_key FROM corrections c
    LEFT JOIN patient_keys k ON k.patient_id = c.patient_id"""


class PostgresCorrectionReader:
    def __init__(self, session: ReadSession, vault: IdentifierVault) -> None:
        self._reading = session
        self._vault = vault

    async def of_person(self, person_id: UUID) -> Sequence[Correction]:
        rows = await self._reading.rows(
            f"{_SELECT} WHERE c.person_id = $1 ORDER BY c.id DESC LIMIT 100", person_id
        )
        return [self._correction(row) for row in rows]

    async def open_ones(self, clinic_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Correction]:
        rows = await self._reading.rows(
            f"""{_SELECT} WHERE c.clinic_id = $1 AND c.state = 'proposed' AND ($2::uuid IS NULL OR c.id < $2)
                ORDER BY c.id DESC LIMIT $3""",
            clinic_id,
            after,
            limit,
        )
        return [self._correction(row) for row in rows]

    def _correction(self, row: Row) -> Correction:
        return Correction(
            id=row["id"],
            patient_id=row["patient_id"],
            clinic_id=row["clinic_id"],
            person_id=row["person_id"],
            field=CorrectionField(row["field"]),
            facts=self._facts(row),
            proposed_at=row["proposed_at"],
            state=CorrectionState(row["state"]),
            decided_by=row["decided_by"],
            decided_at=row["decided_at"],
        )

    def _facts(self, row: Row) -> CorrectionFacts | None:
        sealed, key = row["facts_sealed"], row["own_key"]
        if key is None and self._vault.needs_own_key(sealed):
            return None
        own = key if self._vault.needs_own_key(sealed) else None
        opened = self._vault.open(sealed, purpose=_FACTS, owner=row["patient_id"], key=own)
        return CorrectionFacts(**orjson.loads(opened))


class PostgresCorrections(PostgresCorrectionReader):
    def __init__(self, session: WriteSession, vault: IdentifierVault) -> None:
        super().__init__(session, vault)
        self._session = session

    async def get(self, correction_id: UUID) -> Correction | None:
        row = await self._session.row(f"{_SELECT} WHERE c.id = $1 FOR UPDATE OF c", correction_id)
        return self._correction(row) if row else None

    async def add(self, correction: Correction) -> None:
        await self._session.execute(
            """INSERT INTO corrections (id, patient_id, clinic_id, person_id, field, facts_sealed, state, proposed_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
            correction.id,
            correction.patient_id,
            correction.clinic_id,
            correction.person_id,
            correction.field,
            await self._sealed(correction),
            correction.state,
            correction.proposed_at,
        )

    async def save(self, correction: Correction) -> None:
        await self._session.execute(
            """UPDATE corrections SET state = $2, facts_sealed = $3, decided_by = $4, decided_at = $5 WHERE id = $1""",
            correction.id,
            correction.state,
            await self._sealed(correction),
            correction.decided_by,
            correction.decided_at,
        )

    async def _sealed(self, correction: Correction) -> bytes:
        assert correction.facts is not None, "what is gone is not written again"
        key = await self._session.value(
            "SELECT wrapped FROM patient_keys WHERE patient_id = $1", correction.patient_id
        )
        facts = orjson.dumps(asdict(correction.facts)).decode()
        return self._vault.seal(facts, purpose=_FACTS, owner=correction.patient_id, key=key)
