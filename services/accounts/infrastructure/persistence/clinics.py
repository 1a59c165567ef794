"""Clinics in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from services.accounts.domain.clinic import Clinic
from services.shared.platform.postgres.database import ReadSession, WriteSession


class PostgresClinicReader:
    def __init__(self, session: ReadSession) -> None:
        self._reading = session

    async def get(self, clinic_id: UUID) -> Clinic | None:
        row = await self._reading.row("SELECT id, name, cnpj FROM clinics WHERE id = $1", clinic_id)
        return Clinic(**row) if row else None

    async def all(self) -> Sequence[Clinic]:
        rows = await self._reading.rows("SELECT id, name, cnpj FROM clinics ORDER BY search_text(name), id")
        return [Clinic(**row) for row in rows]


class PostgresClinics(PostgresClinicReader):
    def __init__(self, session: WriteSession) -> None:
        super().__init__(session)
        self._session = session

    async def add(self, clinic: Clinic) -> None:
        await self._session.execute(
            "INSERT INTO clinics (id, name, cnpj) VALUES ($1, $2, $3)", clinic.id, clinic.name, clinic.cnpj
        )
