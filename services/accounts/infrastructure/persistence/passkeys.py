"""Passkeys and recovery codes in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from services.accounts.domain.passkey import Passkey
from services.shared.platform.postgres.database import ReadSession, Row, WriteSession


class PostgresPasskeyReader:
    def __init__(self, session: ReadSession) -> None:
        self._reading = session

    async def of_person(self, person_id: UUID) -> Sequence[Passkey]:
        rows = await self._reading.rows(
            "SELECT * FROM passkeys WHERE person_id = $1 ORDER BY created_at, id", person_id
        )
        return [_of(row) for row in rows]


class PostgresPasskeys(PostgresPasskeyReader):
    def __init__(self, session: WriteSession) -> None:
        super().__init__(session)
        self._session = session

    async def by_credential(self, credential_id: bytes) -> Passkey | None:
        row = await self._session.row(
            "SELECT * FROM passkeys WHERE credential_id = $1 FOR UPDATE", credential_id
        )
        return _of(row) if row else None

    async def add(self, passkey: Passkey) -> None:
        await self._session.execute(
            """INSERT INTO passkeys (id, person_id, credential_id, public_key, sign_count, name, transports,
                                     created_at, last_used_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
            passkey.id,
            passkey.person_id,
            passkey.credential_id,
            passkey.public_key,
            passkey.sign_count,
            passkey.name,
            list(passkey.transports),
            passkey.created_at,
            passkey.last_used_at,
        )

    async def save(self, passkey: Passkey) -> None:
        await self._session.execute(
            "UPDATE passkeys SET name = $2, sign_count = $3, last_used_at = $4 WHERE id = $1",
            passkey.id,
            passkey.name,
            passkey.sign_count,
            passkey.last_used_at,
        )

    async def remove(self, passkey_id: UUID) -> bool:
        return (await self._session.execute("DELETE FROM passkeys WHERE id = $1", passkey_id)).endswith(" 1")


class PostgresRecoveryCodes:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def replace(self, person_id: UUID, hashes: Sequence[bytes]) -> None:
        await self._session.execute("DELETE FROM recovery_codes WHERE person_id = $1", person_id)
        await self._session.execute(
            "INSERT INTO recovery_codes (person_id, code_hash) SELECT $1, unnest($2::bytea[])",
            person_id,
            list(hashes),
        )

    async def of_person(self, person_id: UUID) -> Sequence[bytes]:
        rows = await self._session.rows(
            "SELECT code_hash FROM recovery_codes WHERE person_id = $1", person_id
        )
        return [row["code_hash"] for row in rows]

    async def use(self, person_id: UUID, code_hash: bytes) -> bool:
        tag = await self._session.execute(
            "DELETE FROM recovery_codes WHERE person_id = $1 AND code_hash = $2", person_id, code_hash
        )
        return tag.endswith(" 1")


def _of(row: Row) -> Passkey:
    return Passkey(
        id=row["id"],
        person_id=row["person_id"],
        credential_id=row["credential_id"],
        public_key=row["public_key"],
        sign_count=row["sign_count"],
        name=row["name"],
        transports=tuple(row["transports"]),
        created_at=row["created_at"],
        last_used_at=row["last_used_at"],
    )
