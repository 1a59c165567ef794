"""Sessions and their refresh tokens in PostgreSQL."""

from datetime import datetime
from uuid import UUID

from services.accounts.domain.session import Session
from services.shared.platform.postgres.database import Row, WriteSession


class PostgresSessions:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def start(self, session: Session, token_hash: bytes) -> None:
        await self._session.execute(
            """INSERT INTO sessions (id, person_id, clinic_id, started_at, last_used_at, stepped_up_at, revoked_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7)""",
            session.id,
            session.person_id,
            session.clinic_id,
            session.started_at,
            session.last_used_at,
            session.stepped_up_at,
            session.revoked_at,
        )
        await self._add_token(session, token_hash)

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

    async def end_all(self, person_id: UUID, now: datetime, *, clinic_id: UUID | None = None) -> None:
        await self._session.execute(
            """UPDATE sessions SET revoked_at = $2 WHERE person_id = $1 AND revoked_at IS NULL
               AND ($3::uuid IS NULL OR clinic_id = $3)""",
            person_id,
            now,
            clinic_id,
        )

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
    )
