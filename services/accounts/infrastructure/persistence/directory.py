"""The narrow look-ups, through the database's own doors; and what belongs to no clinic."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.accounts.application.ports import IdentifierVault, KnownStaff
from services.accounts.domain.attempts import FORGOTTEN_AFTER, Attempts
from services.accounts.domain.login import Login
from services.accounts.domain.machine_client import MachineClient
from services.accounts.infrastructure.persistence.accounts import login_lookup
from services.shared.platform.postgres.database import Database, Scope

_NOBODY = Scope()


class PostgresDirectory:
    def __init__(self, database: Database, vault: IdentifierVault) -> None:
        self._database = database
        self._vault = vault

    async def person_of_login(self, login: Login) -> UUID | None:
        return await self._id("SELECT person_of_login($1)", login_lookup(self._vault, login))

    async def person_of_refresh_token(self, token_hash: bytes) -> UUID | None:
        return await self._id("SELECT person_of_refresh_token($1)", token_hash)

    async def clinic_of_patient(self, patient_id: UUID) -> UUID | None:
        return await self._id("SELECT clinic_of_patient($1)", patient_id)

    async def _id(self, sql: str, key: bytes | UUID) -> UUID | None:
        async with self._database.read(_NOBODY) as session:
            found: UUID | None = await session.value(sql, key)
            return found


class PostgresStaffDirectory:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def known_to(self, person_id: UUID, account_ids: Sequence[UUID]) -> Sequence[KnownStaff]:
        async with self._database.read(Scope(person_id=person_id)) as session:
            rows = await session.rows("SELECT * FROM staff_known_to_me($1)", list(account_ids))
        return [
            KnownStaff(row["account_id"], row["clinic_id"], row["name"], tuple(row["roles"])) for row in rows
        ]


class PostgresMachineClients:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, client_id: str) -> MachineClient | None:
        async with self._database.read(_NOBODY) as session:
            row = await session.row("SELECT * FROM machine_clients WHERE client_id = $1", client_id)
        if row is None:
            return None
        return MachineClient(row["id"], row["client_id"], row["secret_hash"], frozenset(row["scopes"]))

    async def put(self, client: MachineClient) -> None:
        async with self._database.write(_NOBODY) as session:
            await session.execute(
                """INSERT INTO machine_clients (id, client_id, secret_hash, scopes) VALUES ($1, $2, $3, $4)
                   ON CONFLICT (client_id) DO UPDATE SET secret_hash = excluded.secret_hash,
                       scopes = excluded.scopes""",
                client.id,
                client.client_id,
                client.secret_hash,
                sorted(client.scopes),
            )


class PostgresAttemptLog:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: bytes) -> Attempts:
        async with self._database.read(_NOBODY) as session:
            row = await session.row("SELECT failures, last_failure_at FROM attempts WHERE key = $1", key)
        return Attempts(**row) if row else Attempts()

    async def count_failure(self, key: bytes, now: datetime) -> None:
        """Count in one statement, so that failures that come at once are each counted."""
        async with self._database.write(_NOBODY) as session:
            await session.execute(
                """INSERT INTO attempts AS a (key, failures, last_failure_at) VALUES ($1, 1, $2)
                   ON CONFLICT (key) DO UPDATE SET last_failure_at = excluded.last_failure_at,
                       failures = CASE WHEN a.last_failure_at > $3 THEN a.failures + 1 ELSE 1 END""",
                key,
                now,
                now - FORGOTTEN_AFTER,
            )

    async def clear(self, key: bytes) -> None:
        async with self._database.write(_NOBODY) as session:
            await session.execute("DELETE FROM attempts WHERE key = $1", key)


async def forget_expired(database: Database) -> None:
    """Remove sessions, codes and repeat keys past their time, and failures nobody waits for any more."""
    async with database.write(_NOBODY) as session:
        await session.value("SELECT forget_expired()")
        await session.execute("DELETE FROM attempts WHERE last_failure_at < now() - interval '2 days'")
