"""The narrow look-ups, through the database's own doors; and what belongs to no clinic."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.accounts.application.clinic_ports import KnownStaff
from services.accounts.application.ports import AtTheDoor, IdentifierVault
from services.accounts.domain.attempts import FORGOTTEN_AFTER, Attempts
from services.accounts.domain.login import Login
from services.accounts.infrastructure.persistence.accounts import account_of, login_lookup
from services.accounts.infrastructure.persistence.credentials import COLUMNS, credentials_of
from services.shared.platform.postgres.database import Database, Scope

_NOBODY = Scope()
_AT_THE_DOOR = f"""SELECT scoped.* FROM (
        SELECT id, set_config('app.clinic', '', true), set_config('app.person', id::text, true)
        FROM (SELECT coalesce(person_of_login($1), $2) AS id) AS found) AS scope
    CROSS JOIN LATERAL (
        SELECT a.*, {COLUMNS}, tried.*,
            EXISTS (SELECT FROM known_devices WHERE person_id = scope.id AND mark = $3) AS knows_device,
            EXISTS (SELECT FROM known_devices WHERE person_id = scope.id) AS knows_any_device
        FROM (SELECT scope.id AS person) AS who LEFT JOIN accounts a ON a.id = who.person
            LEFT JOIN credentials c ON c.person_id = who.person
            CROSS JOIN (SELECT array_agg(key) AS keys, array_agg(failures) AS counts,
                array_agg(last_failure_at) AS moments FROM attempts WHERE key = ANY ($4::bytea[])) AS tried
        LIMIT 1) AS scoped"""  # noqa: S608 - a constant


class PostgresDirectory:
    def __init__(self, database: Database, vault: IdentifierVault) -> None:
        self._database = database
        self._vault = vault

    async def person_of_login(self, login: Login) -> UUID | None:
        return await self._id("SELECT person_of_login($1)", login_lookup(self._vault, login))

    async def at_the_door(
        self, login: Login, device: bytes, attempts: Sequence[bytes], nobody: UUID
    ) -> AtTheDoor:
        """One statement, which takes on the scope of the person it finds (as `Scope.set_by` does)."""
        lookup = login_lookup(self._vault, login)
        async with self._database.statements() as session:
            row = await session.row(_AT_THE_DOOR, lookup, nobody, device, list(attempts))
        assert row is not None
        tried = zip(row["keys"] or (), row["counts"] or (), row["moments"] or (), strict=True)
        return AtTheDoor(
            account=account_of(row) if row["id"] else None,
            credentials=credentials_of(row, self._vault) if row["person_id"] else None,
            knows_device=row["knows_device"],
            knows_any_device=row["knows_any_device"],
            failures=dict.fromkeys(attempts, Attempts())
            | {key: Attempts(failures, at) for key, failures, at in tried},
        )

    async def person_of_refresh_token(self, token_hash: bytes) -> UUID | None:
        return await self._id("SELECT person_of_refresh_token($1)", token_hash)

    async def person_of_ticket(self, token_hash: bytes) -> UUID | None:
        return await self._id("SELECT person_of_ticket($1)", token_hash)

    async def person_of_passkey(self, credential_id: bytes) -> UUID | None:
        return await self._id("SELECT person_of_passkey($1)", credential_id)

    async def clinic_of_patient(self, patient_id: UUID) -> UUID | None:
        return await self._id("SELECT clinic_of_patient($1)", patient_id)

    async def clinic_of_invitation(self, code_hash: bytes) -> UUID | None:
        return await self._id("SELECT clinic_of_invitation($1)", code_hash)

    async def _id(self, sql: str, key: bytes | UUID) -> UUID | None:
        """The doors need no scope, so one statement without a transaction does."""
        async with self._database.statements() as session:
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


class PostgresAttemptLog:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, *keys: bytes) -> Sequence[Attempts]:
        async with self._database.statements() as session:
            rows = await session.rows(
                "SELECT key, failures, last_failure_at FROM attempts WHERE key = ANY ($1::bytea[])",
                list(keys),
            )
        found = {bytes(row["key"]): Attempts(row["failures"], row["last_failure_at"]) for row in rows}
        return [found.get(key, Attempts()) for key in keys]

    async def count_failure(self, now: datetime, *keys: bytes) -> None:
        """Count in one statement, so that failures that come at once are each counted."""
        async with self._database.write(_NOBODY) as session:
            await session.execute(
                """INSERT INTO attempts AS a (key, failures, last_failure_at)
                   SELECT key, 1, $2 FROM unnest($1::bytea[]) AS key ORDER BY key
                   ON CONFLICT (key) DO UPDATE SET last_failure_at = excluded.last_failure_at,
                       failures = CASE WHEN a.last_failure_at > $3 THEN a.failures + 1 ELSE 1 END""",
                list(keys),
                now,
                now - FORGOTTEN_AFTER,
            )

    async def clear(self, *keys: bytes) -> None:
        async with self._database.write(_NOBODY) as session:
            await session.execute("DELETE FROM attempts WHERE key = ANY ($1::bytea[])", list(keys))


async def forget_expired(database: Database) -> None:
    """Remove sessions, codes, tickets and repeat keys past their time, and failures nobody waits for any more."""
    async with database.write(_NOBODY) as session:
        await session.value("SELECT forget_expired()")
        await session.value("SELECT forget_sign_in_traces()")
        await session.value("SELECT forget_confirmations()")
        await session.value("SELECT forget_machine_sessions()")
        await session.execute("DELETE FROM attempts WHERE last_failure_at < now() - interval '2 days'")


async def revoked_since(database: Database, since: datetime) -> dict[UUID, datetime]:
    """Return which sessions were revoked, and when: the truth that verifiers' memories are loaded from. People's and
    machine clients' alike.
    """
    async with database.statements() as session:
        rows = await session.rows(
            """SELECT id, revoked_at FROM sessions_revoked_since($1)
               UNION ALL SELECT id, ended_at FROM machine_sessions_ended_since($1)""",
            since,
        )
    return {row["id"]: row["revoked_at"] for row in rows}
