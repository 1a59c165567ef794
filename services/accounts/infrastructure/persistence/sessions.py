"""Sessions and their refresh tokens in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.accounts.domain.device import Device
from services.accounts.domain.session import ABSOLUTE, IDLE, Session
from services.shared.platform.postgres.database import ReadSession, Row, WriteSession


class PostgresSessionReader:
    def __init__(self, session: ReadSession) -> None:
        self._reading = session

    async def open_ones(self, person_id: UUID, now: datetime) -> Sequence[Session]:
        rows = await self._reading.rows(
            """SELECT * FROM sessions WHERE person_id = $1 AND revoked_at IS NULL
               AND last_used_at > $2 AND started_at > $3 ORDER BY last_used_at DESC, id DESC""",
            person_id,
            now - IDLE,
            now - ABSOLUTE,
        )
        return [_of(row) for row in rows]


class PostgresSessions(PostgresSessionReader):
    """`ended` collects what was revoked in this transaction, to be told once it is committed."""

    def __init__(self, session: WriteSession) -> None:
        super().__init__(session)
        self._session = session
        self.ended: dict[UUID, datetime] = {}

    async def start(self, session: Session, token_hash: bytes) -> None:
        """Session and token in one statement: a sign-in is as lean as it can be."""
        await self._session.execute(
            """WITH token AS (
                   INSERT INTO refresh_tokens (token_hash, session_id, person_id) VALUES ($10, $1, $2))
               INSERT INTO sessions (id, person_id, clinic_id, started_at, last_used_at, stepped_up_at,
                                     device_name, device_place, device_mark)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
            session.id,
            session.person_id,
            session.clinic_id,
            session.started_at,
            session.last_used_at,
            session.stepped_up_at,
            session.device.name,
            session.device.place,
            session.device.mark,
            token_hash,
        )

    async def get(self, session_id: UUID) -> Session | None:
        row = await self._session.row("SELECT * FROM sessions WHERE id = $1 FOR UPDATE", session_id)
        return _of(row) if row else None

    async def by_token(self, token_hash: bytes) -> tuple[Session, datetime | None] | None:
        """The session is locked before the token is read: of two who come at once, the second sees it used."""
        row = await self._session.row(
            """SELECT * FROM sessions
               WHERE id = (SELECT session_id FROM refresh_tokens WHERE token_hash = $1) FOR UPDATE""",
            token_hash,
        )
        if row is None:
            return None
        used_at: datetime | None = await self._session.value(
            "SELECT used_at FROM refresh_tokens WHERE token_hash = $1", token_hash
        )
        return _of(row), used_at

    async def rotate(self, session: Session, used: bytes, fresh: bytes) -> None:
        await self._session.execute(
            "UPDATE refresh_tokens SET used_at = $2 WHERE token_hash = $1", used, session.last_used_at
        )
        await self._add_token(session, fresh)
        await self.save(session)

    async def save(self, session: Session) -> None:
        await self._session.execute(
            "UPDATE sessions SET last_used_at = $2, stepped_up_at = $3, revoked_at = $4 WHERE id = $1",
            session.id,
            session.last_used_at,
            session.stepped_up_at,
            session.revoked_at,
        )
        if session.revoked_at is not None:
            self.ended[session.id] = session.revoked_at

    async def end_all(
        self, person_id: UUID, now: datetime, *, but: UUID | None = None, clinic_id: UUID | None = None
    ) -> int:
        rows = await self._session.rows(
            """UPDATE sessions SET revoked_at = $2
               WHERE person_id = $1 AND revoked_at IS NULL AND id IS DISTINCT FROM $3
                 AND ($4::uuid IS NULL OR clinic_id = $4) RETURNING id""",
            person_id,
            now,
            but,
            clinic_id,
        )
        self.ended |= {row["id"]: now for row in rows}
        return len(rows)

    async def _add_token(self, session: Session, token_hash: bytes) -> None:
        await self._session.execute(
            "INSERT INTO refresh_tokens (token_hash, session_id, person_id) VALUES ($1, $2, $3)",
            token_hash,
            session.id,
            session.person_id,
        )


def _of(row: Row) -> Session:
    return Session(
        id=row["id"],
        person_id=row["person_id"],
        clinic_id=row["clinic_id"],
        started_at=row["started_at"],
        last_used_at=row["last_used_at"],
        stepped_up_at=row["stepped_up_at"],
        revoked_at=row["revoked_at"],
        device=Device(row["device_name"], row["device_place"], row["device_mark"]),
    )
