"""One-time codes in PostgreSQL: keyed hashes, one per person."""

from uuid import UUID

from services.accounts.domain.one_time_code import OneTimeCode
from services.shared.platform.postgres.database import WriteSession


class PostgresCodes:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def get(self, person_id: UUID) -> OneTimeCode | None:
        row = await self._session.row(
            """SELECT person_id, issued_at, expires_at, email_hash, sms_hash, tries FROM one_time_codes
               WHERE person_id = $1 FOR UPDATE""",
            person_id,
        )
        return OneTimeCode(**row) if row else None

    async def put(self, code: OneTimeCode) -> None:
        await self._session.execute(
            """INSERT INTO one_time_codes (person_id, email_hash, sms_hash, issued_at, expires_at, tries)
               VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (person_id) DO UPDATE SET email_hash = excluded.email_hash,
                   sms_hash = excluded.sms_hash, issued_at = excluded.issued_at,
                   expires_at = excluded.expires_at, tries = excluded.tries""",
            code.person_id,
            code.email_hash,
            code.sms_hash,
            code.issued_at,
            code.expires_at,
            code.tries,
        )

    async def remove(self, person_id: UUID) -> None:
        await self._session.execute("DELETE FROM one_time_codes WHERE person_id = $1", person_id)
