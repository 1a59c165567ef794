"""Staff memberships in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from services.accounts.application.ports import DoctorSearch
from services.accounts.domain.membership import CouncilRegistration, Membership
from services.shared.kernel.principal import Role
from services.shared.platform.postgres.database import ReadSession, Row, WriteSession


class PostgresMembershipReader:
    def __init__(self, session: ReadSession) -> None:
        self._reading = session

    async def of_account(self, account_id: UUID) -> Sequence[Membership]:
        rows = await self._reading.rows(
            "SELECT * FROM memberships WHERE account_id = $1 AND active ORDER BY created_at, clinic_id",
            account_id,
        )
        return [_membership(row) for row in rows]

    async def doctors(self, clinic_id: UUID, search: DoctorSearch) -> Sequence[Membership]:
        rows = await self._reading.rows(
            """SELECT * FROM memberships m
               WHERE m.clinic_id = $1 AND m.active AND $2 = ANY (m.roles)
                 AND ($3::text IS NULL OR (
                    search_words($3) <> '{}' AND NOT EXISTS (
                        SELECT FROM unnest(search_words($3)) AS typed
                        WHERE NOT EXISTS (SELECT FROM unnest(search_words(m.name)) AS word
                                          WHERE starts_with(word, typed)))))
                 AND ($4::uuid IS NULL OR (m.sort_name, m.account_id) > (
                    SELECT p.sort_name, p.account_id FROM memberships p
                    WHERE p.account_id = $4 AND p.clinic_id = $1))
               ORDER BY m.sort_name, m.account_id LIMIT $5""",
            clinic_id,
            Role.DOCTOR,
            search.name,
            search.after,
            search.limit,
        )
        return [_membership(row) for row in rows]


class PostgresMemberships(PostgresMembershipReader):
    def __init__(self, session: WriteSession) -> None:
        super().__init__(session)
        self._session = session

    async def add(self, membership: Membership) -> None:
        registration = membership.registration
        await self._session.execute(
            """INSERT INTO memberships (account_id, clinic_id, version, name, roles, council, council_number,
                                        council_uf, verified, active)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
            membership.account_id,
            membership.clinic_id,
            membership.version,
            membership.name,
            sorted(membership.roles),
            registration.council if registration else None,
            registration.number if registration else None,
            registration.uf if registration else None,
            registration.verified if registration else False,
            membership.active,
        )


def _membership(row: Row) -> Membership:
    registration = None
    if row["council"] is not None:
        registration = CouncilRegistration(
            row["council"], row["council_number"], row["council_uf"], row["verified"]
        )
    return Membership(
        account_id=row["account_id"],
        clinic_id=row["clinic_id"],
        version=row["version"],
        name=row["name"],
        roles=frozenset(Role(role) for role in row["roles"]),
        registration=registration,
        active=row["active"],
    )
