"""The ledger of answers in PostgreSQL. Rows are added and read, nothing else: the table refuses it to everyone."""

from collections.abc import Sequence
from uuid import UUID

from services.accounts.domain.consent import ConsentAct, ConsentChannel, ConsentEntry, ConsentKind
from services.shared.platform.postgres.database import ReadSession, Row, WriteSession


class PostgresConsentReader:
    def __init__(self, session: ReadSession) -> None:
        self._reading = session

    async def of_person(self, person_id: UUID) -> Sequence[ConsentEntry]:
        rows = await self._reading.rows(
            "SELECT * FROM consents WHERE person_id = $1 ORDER BY id DESC LIMIT 500", person_id
        )
        return [_entry(row) for row in rows]

    async def newest(self, person_id: UUID) -> Sequence[ConsentEntry]:
        rows = await self._reading.rows(
            "SELECT DISTINCT ON (kind) * FROM consents WHERE person_id = $1 ORDER BY kind, id DESC", person_id
        )
        return [_entry(row) for row in rows]


class PostgresConsents(PostgresConsentReader):
    def __init__(self, session: WriteSession) -> None:
        super().__init__(session)
        self._session = session

    async def add(self, entry: ConsentEntry) -> None:
        await self._session.execute(
            """INSERT INTO consents (id, person_id, actor_id, kind, version, locale, text_sha256, act, channel, at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
            entry.id,
            entry.person_id,
            entry.actor_id,
            entry.kind,
            entry.version,
            entry.locale,
            entry.text_sha256,
            entry.act,
            entry.channel,
            entry.at,
        )


def _entry(row: Row) -> ConsentEntry:
    return ConsentEntry(
        id=row["id"],
        person_id=row["person_id"],
        actor_id=row["actor_id"],
        kind=ConsentKind(row["kind"]),
        version=row["version"],
        locale=row["locale"],
        text_sha256=row["text_sha256"],
        act=ConsentAct(row["act"]),
        channel=ConsentChannel(row["channel"]),
        at=row["at"],
    )
