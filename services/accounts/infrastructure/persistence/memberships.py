"""Staff memberships in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from services.accounts.application.ports import DoctorSearch
from services.accounts.application.staff_ports import StaffSearch
from services.accounts.domain.membership import CouncilRegistration, Membership, Verification, VerifiedHow
from services.shared.kernel.principal import Role
from services.shared.platform.postgres.database import ReadSession, Row, WriteSession

_NAMED = """($2::text IS NULL OR (
    search_words($2) <> '{}' AND NOT EXISTS (
        SELECT FROM unnest(search_words($2)) AS typed
        WHERE NOT EXISTS (SELECT FROM unnest(search_words(m.name)) AS word WHERE starts_with(word, typed)))))
    AND ($3::uuid IS NULL OR (m.sort_name, m.account_id) > (
        SELECT p.sort_name, p.account_id FROM memberships p WHERE p.account_id = $3 AND p.clinic_id = $1))"""


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
            f"""SELECT * FROM memberships m
               WHERE m.clinic_id = $1 AND m.active AND $5 = ANY (m.roles) AND {_NAMED}
               ORDER BY m.sort_name, m.account_id LIMIT $4""",  # noqa: S608
            clinic_id,
            search.name,
            search.after,
            search.limit,
            Role.DOCTOR,
        )
        return [_membership(row) for row in rows]

    async def of_member(self, account_id: UUID, clinic_id: UUID, *, lock: bool = False) -> Membership | None:
        row = await self._reading.row(
            f"""SELECT * FROM memberships WHERE account_id = $1 AND clinic_id = $2
                {"FOR UPDATE" if lock else ""}""",  # noqa: S608
            account_id,
            clinic_id,
        )
        return _membership(row) if row else None

    async def staff(self, clinic_id: UUID, search: StaffSearch) -> Sequence[Membership]:
        rows = await self._reading.rows(
            f"""SELECT * FROM memberships m WHERE m.clinic_id = $1 AND {_NAMED}
                ORDER BY m.sort_name, m.account_id LIMIT $4""",  # noqa: S608
            clinic_id,
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
        await self._session.execute(
            """INSERT INTO memberships (account_id, clinic_id, version, name, roles, active, council, council_number,
                   council_uf, verified, verified_at, verified_by, verified_how, verified_note)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)""",
            *_columns(membership),
        )

    async def save(self, membership: Membership) -> None:
        await self._session.execute(
            """UPDATE memberships SET version = $3, name = $4, roles = $5, active = $6, council = $7,
                   council_number = $8, council_uf = $9, verified = $10, verified_at = $11, verified_by = $12,
                   verified_how = $13, verified_note = $14
               WHERE account_id = $1 AND clinic_id = $2""",
            *_columns(membership),
        )

    async def lock_clinic(self, clinic_id: UUID) -> None:
        await self._session.value(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"staff/{clinic_id}"
        )

    async def active_administrators(self, clinic_id: UUID) -> int:
        count: int = await self._session.value(
            "SELECT count(*) FROM memberships WHERE clinic_id = $1 AND active AND $2 = ANY (roles)",
            clinic_id,
            Role.ADMINISTRATOR,
        )
        return count


def _columns(membership: Membership) -> list[object]:
    registration = membership.registration
    verification = registration.verification if registration else None
    return [
        membership.account_id,
        membership.clinic_id,
        membership.version,
        membership.name,
        sorted(membership.roles),
        membership.active,
        registration.council if registration else None,
        registration.number if registration else None,
        registration.uf if registration else None,
        registration.verified if registration else False,
        verification.at if verification else None,
        verification.by if verification else None,
        verification.how if verification else None,
        verification.note if verification else None,
    ]


def _membership(row: Row) -> Membership:
    registration = None
    if row["council"] is not None:
        registration = CouncilRegistration(
            row["council"], row["council_number"], row["council_uf"], row["verified"], _verification(row)
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


def _verification(row: Row) -> Verification | None:
    if row["verified_by"] is None:
        return None
    return Verification(
        by=row["verified_by"],
        at=row["verified_at"],
        how=VerifiedHow(row["verified_how"]),
        note=row["verified_note"],
    )
