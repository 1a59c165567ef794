"""What was copied of a clinic's staff to another provider of sign-ins: ids and versions alone."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from services.accounts.application.identity_provider import ProvidedUser, StaffCopy
from services.shared.kernel.principal import Role
from services.shared.platform.postgres.database import Database, Row, Scope


class PostgresStaffCopies:
    def __init__(self, database: Database, clinic_id: UUID) -> None:
        self._database = database
        self._scope = Scope(clinic_id=clinic_id)
        self._clinic_id = clinic_id

    async def changed(self) -> Sequence[UUID]:
        async with self._database.read(self._scope) as session:
            rows = await session.rows(
                """SELECT account_id FROM memberships m JOIN accounts a ON a.id = m.account_id
                       LEFT JOIN staff_copies c USING (account_id, clinic_id)
                   WHERE m.clinic_id = $1 AND coalesce(c.version, 0) < a.version
                   UNION SELECT account_id FROM staff_copies c WHERE c.clinic_id = $1 AND NOT EXISTS (
                       SELECT FROM memberships m WHERE m.account_id = c.account_id AND m.clinic_id = $1)
                   ORDER BY account_id""",
                self._clinic_id,
            )
        return [row["account_id"] for row in rows]

    async def copy(self, account_id: UUID, put: Callable[[StaffCopy], Awaitable[None]]) -> None:
        async with self._database.write(self._scope) as session:
            await session.value(
                "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"staff-copy/{account_id}"
            )
            row = await session.row(
                """SELECT a.version, a.email, m.roles, m.active
                   FROM memberships m JOIN accounts a ON a.id = m.account_id
                   WHERE m.clinic_id = $1 AND m.account_id = $2""",
                self._clinic_id,
                account_id,
            )
            if row is None:
                await put(StaffCopy(account_id, 0, None))
                await session.execute(
                    "DELETE FROM staff_copies WHERE clinic_id = $1 AND account_id = $2",
                    self._clinic_id,
                    account_id,
                )
                return
            await put(StaffCopy(account_id, row["version"], _user(account_id, row)))
            await session.execute(
                """INSERT INTO staff_copies (clinic_id, account_id, version) VALUES ($1, $2, $3)
                   ON CONFLICT (clinic_id, account_id) DO UPDATE SET version = excluded.version""",
                self._clinic_id,
                account_id,
                row["version"],
            )


def _user(account_id: UUID, row: Row) -> ProvidedUser:
    roles = frozenset(Role(role) for role in row["roles"]) if row["active"] else frozenset[Role]()
    return ProvidedUser(account_id, row["email"], roles)
