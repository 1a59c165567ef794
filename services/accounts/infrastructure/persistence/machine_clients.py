"""Machine clients in PostgreSQL: a clinic's are seen in its scope, the installation's own in none."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.accounts.domain.machine_client import MachineClient, Secret
from services.shared.platform.postgres.database import Database, ReadSession, Row, Scope, WriteSession

_NOBODY = Scope()
_NOTED_EVERY = timedelta(minutes=1)
_USED = """UPDATE machine_clients SET last_used_at = $3::timestamptz,
    secret_used_at = CASE WHEN secret_hash = $2 THEN $3::timestamptz ELSE secret_used_at END,
    previous_used_at = CASE WHEN previous_hash = $2 THEN $3::timestamptz ELSE previous_used_at END
WHERE id = $1 AND $2 IN (secret_hash, previous_hash)"""


class PostgresMachineClients:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, client_id: str) -> MachineClient | None:
        """Whoever asks for a token is in no scope yet: a door of the database gives the row of the exact id."""
        async with self._database.statements() as session:
            row = await session.row("SELECT * FROM machine_client($1)", client_id)
        return _client(row) if row else None

    async def put(self, client: MachineClient) -> None:
        async with self._database.write(_NOBODY) as session:
            await session.execute(
                """INSERT INTO machine_clients (id, client_id, secret_hash, scopes) VALUES ($1, $2, $3, $4)
                   ON CONFLICT (client_id) DO UPDATE SET secret_hash = excluded.secret_hash,
                       scopes = excluded.scopes""",
                client.id,
                client.client_id,
                client.current.hash,
                sorted(client.scopes),
            )

    async def note_use(self, client: MachineClient, secret: Secret, now: datetime) -> None:
        if secret.used_at is not None and now - secret.used_at < _NOTED_EVERY:
            return
        async with self._database.write(Scope(client.clinic_id)) as session:
            await session.execute(_USED, client.id, secret.hash, now)


class PostgresMachineClientReader:
    def __init__(self, session: ReadSession) -> None:
        self._reading = session

    async def of_clinic(self, clinic_id: UUID, *, after: UUID | None, limit: int) -> Sequence[MachineClient]:
        rows = await self._reading.rows(
            """SELECT * FROM machine_clients WHERE clinic_id = $1 AND ($2::uuid IS NULL OR id < $2)
               ORDER BY id DESC LIMIT $3""",
            clinic_id,
            after,
            limit,
        )
        return [_client(row) for row in rows]

    async def one(self, client_id: UUID) -> MachineClient | None:
        row = await self._reading.row(
            "SELECT * FROM machine_clients WHERE id = $1 AND clinic_id IS NOT NULL", client_id
        )
        return _client(row) if row else None


class PostgresMachineClientStore(PostgresMachineClientReader):
    """`ended` collects the sessions that ended in this transaction, to be told once it is committed."""

    def __init__(self, session: WriteSession) -> None:
        super().__init__(session)
        self._session = session
        self.ended: dict[UUID, datetime] = {}

    async def one(self, client_id: UUID) -> MachineClient | None:
        row = await self._session.row(
            "SELECT * FROM machine_clients WHERE id = $1 AND clinic_id IS NOT NULL FOR UPDATE", client_id
        )
        return _client(row) if row else None

    async def add(self, client: MachineClient) -> None:
        await self._session.execute(
            """INSERT INTO machine_clients (id, client_id, secret_hash, session_id, secret_until, scopes, clinic_id,
                   name, created_at, created_by)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
            client.id,
            client.client_id,
            client.current.hash,
            client.current.session_id,
            client.current.until,
            sorted(client.scopes),
            client.clinic_id,
            client.name,
            client.created_at,
            client.created_by,
        )

    async def change(self, before: MachineClient, after: MachineClient, now: datetime) -> None:
        previous = after.previous
        await self._session.execute(
            """UPDATE machine_clients SET secret_hash = $2, session_id = $3, secret_until = $4, secret_used_at = $5,
                   previous_hash = $6, previous_session_id = $7, previous_until = $8, previous_used_at = $9,
                   suspended_at = $10, ended_at = $11
               WHERE id = $1""",
            after.id,
            after.current.hash,
            after.current.session_id,
            after.current.until,
            after.current.used_at,
            previous.hash if previous else None,
            previous.session_id if previous else None,
            previous.until if previous else None,
            previous.used_at if previous else None,
            after.suspended_at,
            after.ended_at,
        )
        ended = before.sessions - after.sessions
        await self._session.execute(
            """INSERT INTO machine_sessions_ended (id, clinic_id, ended_at)
               SELECT ended, $2, $3 FROM unnest($1::uuid[]) AS ended""",
            sorted(ended),
            after.clinic_id,
            now,
        )
        self.ended |= dict.fromkeys(ended, now)


def _client(row: Row) -> MachineClient:
    previous = None
    if row["previous_hash"] is not None:
        previous = Secret(
            row["previous_hash"], row["previous_session_id"], row["previous_until"], row["previous_used_at"]
        )
    return MachineClient(
        id=row["id"],
        client_id=row["client_id"],
        current=Secret(row["secret_hash"], row["session_id"], row["secret_until"], row["secret_used_at"]),
        scopes=frozenset(row["scopes"]),
        previous=previous,
        clinic_id=row["clinic_id"],
        name=row["name"] or "",
        created_at=row["created_at"] if row["clinic_id"] else None,
        created_by=row["created_by"],
        last_used_at=row["last_used_at"],
        suspended_at=row["suspended_at"],
        ended_at=row["ended_at"],
    )
