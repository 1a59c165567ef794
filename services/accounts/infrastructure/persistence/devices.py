"""Known devices in PostgreSQL."""

from datetime import datetime
from uuid import UUID

from services.shared.platform.postgres.database import ReadSession, WriteSession


class PostgresDeviceReader:
    def __init__(self, session: ReadSession) -> None:
        self._reading = session

    async def knows(self, person_id: UUID, mark: bytes) -> bool:
        found: bool = await self._reading.value(
            "SELECT EXISTS (SELECT FROM known_devices WHERE person_id = $1 AND mark = $2)", person_id, mark
        )
        return found


class PostgresDevices(PostgresDeviceReader):
    def __init__(self, session: WriteSession) -> None:
        super().__init__(session)
        self._session = session

    async def seen(self, person_id: UUID, mark: bytes, now: datetime) -> tuple[bool, bool]:
        """One statement; its subqueries see the table as it was before."""
        row = await self._session.row(
            """WITH kept AS (
                   INSERT INTO known_devices (person_id, mark, first_seen_at, last_seen_at) VALUES ($1, $2, $3, $3)
                   ON CONFLICT (person_id, mark) DO UPDATE SET last_seen_at = excluded.last_seen_at)
               SELECT EXISTS (SELECT FROM known_devices WHERE person_id = $1 AND mark = $2) AS known,
                      EXISTS (SELECT FROM known_devices WHERE person_id = $1) AS any""",
            person_id,
            mark,
            now,
        )
        assert row is not None
        return row["known"], row["any"]
