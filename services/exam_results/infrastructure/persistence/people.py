"""What accounts told of people, and what the clinic told of its laboratory, in PostgreSQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.exam_results.application.ports import Account, OrderPeople
from services.exam_results.application.search_text import searchable
from services.exam_results.domain.people import (
    Laboratory,
    Patient,
    Professional,
    Sex,
    TechnicalResponsible,
)
from services.shared.platform.postgres.database import Row, Scope, WriteSession

_PUT_PATIENT = """
INSERT INTO patients (patient_id, clinic_id, person_id, record_number, name, social_name, sex, birth_date,
                      mother_name, search, version, merged_into)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (patient_id) DO UPDATE SET
    person_id = excluded.person_id, record_number = excluded.record_number, name = excluded.name,
    social_name = excluded.social_name, sex = excluded.sex, birth_date = excluded.birth_date,
    mother_name = excluded.mother_name, search = excluded.search, version = excluded.version,
    merged_into = excluded.merged_into
WHERE patients.version < excluded.version AND patients.erased_at IS NULL
"""
_PUT_PROFESSIONAL = """
INSERT INTO professionals (account_id, clinic_id, name, council, number, uf, verified, roles, search, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (clinic_id, account_id) DO UPDATE SET
    name = excluded.name, council = excluded.council, number = excluded.number, uf = excluded.uf,
    verified = excluded.verified, roles = excluded.roles, search = excluded.search, version = excluded.version
WHERE professionals.version < excluded.version
"""
_PUT_ACCOUNT = """
INSERT INTO accounts (account_id, clinic_id, name, kind, roles, version) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (clinic_id, account_id) DO UPDATE SET
    name = excluded.name, kind = excluded.kind, roles = excluded.roles, version = excluded.version
WHERE accounts.version < excluded.version AND NOT accounts.closed
"""
_CLOSE_ACCOUNT = """
INSERT INTO accounts (account_id, clinic_id, name, kind, roles, version, closed)
VALUES ($1, $2, '', '', '{}', $3, true)
ON CONFLICT (clinic_id, account_id) DO UPDATE SET closed = true, name = '', version = excluded.version
WHERE accounts.version < excluded.version AND NOT accounts.closed
"""


_PATIENT = [
    "patient_id",
    "clinic_id",
    "person_id",
    "record_number",
    "name",
    "social_name",
    "sex",
    "birth_date",
    "mother_name",
    "merged_into",
]
_PROFESSIONAL = ["account_id", "clinic_id", "name", "council", "number", "uf", "verified", "roles"]
_FOR_ORDER = f"""SELECT
    EXISTS (SELECT FROM accounts WHERE account_id = $1 AND closed AND {{scoped}}) AS caller_closed,
    {", ".join(f"p.{name} AS p_{name}" for name in _PATIENT)},
    {", ".join(f"r.{name} AS r_{name}" for name in _PROFESSIONAL)}
FROM (SELECT) AS one
    LEFT JOIN patients p ON p.patient_id = $2 AND NOT p.to_erase AND {{scoped}}
    LEFT JOIN professionals r ON r.account_id = $3 AND {{scoped}}
LIMIT 1"""  # noqa: S608 - constants only
_FOR_ORDER_HERE = _FOR_ORDER.format(scoped="true")
_FOR_ORDER_ALONE = Scope.set_by(_FOR_ORDER.format(scoped="scope.clinic IS NOT NULL"), "$4", "$5")


class PostgresPeople:
    """`scope` is for sessions without a transaction: the statement then sets it itself."""

    def __init__(self, session: WriteSession, scope: Scope | None = None) -> None:
        self._session = session
        self._scope = scope

    async def for_order(self, caller_id: UUID, patient_id: UUID, requester_id: UUID) -> OrderPeople:
        sql: str = _FOR_ORDER_HERE
        args: list[Any] = [caller_id, patient_id, requester_id]
        if self._scope is not None:
            sql, args = _FOR_ORDER_ALONE, [*args, *self._scope.settings()]
        found = await self._session.row(sql, *args)
        assert found is not None  # a row of its own, whoever is known
        patient = {name: found[f"p_{name}"] for name in _PATIENT}
        requester = {name: found[f"r_{name}"] for name in _PROFESSIONAL}
        return OrderPeople(
            found["caller_closed"],
            _patient(patient) if patient["patient_id"] else None,
            _professional(requester) if requester["account_id"] else None,
        )

    async def patient(self, patient_id: UUID) -> Patient | None:
        row = await self._session.row(
            f"SELECT {', '.join(_PATIENT)} FROM patients WHERE patient_id = $1",  # noqa: S608 - constants
            patient_id,
        )
        return None if row is None else _patient(row)

    async def record_of_person(self, person_id: UUID, clinic_id: UUID) -> Patient | None:
        row = await self._session.row(
            f"SELECT {', '.join(_PATIENT)} FROM patients WHERE clinic_id = $1 AND person_id = $2 LIMIT 1",  # noqa: S608
            clinic_id,
            person_id,
        )
        return None if row is None else _patient(row)

    async def professional(self, account_id: UUID) -> Professional | None:
        row = await self._session.row(
            f"SELECT {', '.join(_PROFESSIONAL)} FROM professionals WHERE account_id = $1",  # noqa: S608 - constants
            account_id,
        )
        return None if row is None else _professional(row)

    async def doctors_registered(self, council: str, number: str, uf: str) -> Sequence[Professional]:
        rows = await self._session.rows(
            f"""SELECT {", ".join(_PROFESSIONAL)} FROM professionals
               WHERE council = $1 AND number = $2 AND uf = $3 AND verified AND 'doctor' = ANY(roles)
               ORDER BY account_id, clinic_id LIMIT 20""",  # noqa: S608
            council,
            number,
            uf,
        )
        return [_professional(row) for row in rows]

    async def laboratory(self, clinic_id: UUID) -> Laboratory | None:
        row = await self._session.row("SELECT * FROM laboratories WHERE clinic_id = $1", clinic_id)
        return None if row is None else _laboratory(row)

    async def is_closed(self, account_id: UUID) -> bool:
        closed: bool = await self._session.value(
            "SELECT EXISTS (SELECT FROM accounts WHERE account_id = $1 AND closed)", account_id
        )
        return closed

    async def put_patient(self, patient: Patient, version: int) -> bool:
        return await self._newer(
            _PUT_PATIENT,
            patient.id,
            patient.clinic_id,
            patient.person_id,
            patient.record_number,
            patient.name,
            patient.social_name,
            patient.sex.value,
            patient.birth_date,
            patient.mother_name,
            searchable([patient.name, patient.social_name, patient.record_number]),
            version,
            patient.merged_into,
        )

    async def put_professional(self, professional: Professional, version: int) -> bool:
        return await self._newer(
            _PUT_PROFESSIONAL,
            professional.id,
            professional.clinic_id,
            professional.name,
            professional.council,
            professional.number,
            professional.uf,
            professional.verified,
            sorted(professional.roles),
            searchable([professional.name]),
            version,
        )

    async def put_account(self, account: Account, version: int) -> bool:
        roles = sorted(account.roles)
        return await self._newer(
            _PUT_ACCOUNT, account.id, account.clinic_id, account.name, account.kind, roles, version
        )

    async def close_account(self, account_id: UUID, clinic_id: UUID, version: int) -> bool:
        return await self._newer(_CLOSE_ACCOUNT, account_id, clinic_id, version)

    async def put_laboratory(self, laboratory: Laboratory) -> None:
        responsible = laboratory.technical_responsible
        await self._session.execute(
            """INSERT INTO laboratories (clinic_id, name, address, phone, cnes, council_registration,
                   responsible_name, responsible_council, responsible_number, responsible_uf, time_zone)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
               ON CONFLICT (clinic_id) DO UPDATE SET
                   name = excluded.name, address = excluded.address, phone = excluded.phone, cnes = excluded.cnes,
                   council_registration = excluded.council_registration,
                   responsible_name = excluded.responsible_name, responsible_council = excluded.responsible_council,
                   responsible_number = excluded.responsible_number, responsible_uf = excluded.responsible_uf,
                   time_zone = excluded.time_zone""",
            laboratory.clinic_id,
            laboratory.name,
            laboratory.address,
            laboratory.phone,
            laboratory.cnes,
            laboratory.council_registration,
            responsible.name,
            responsible.council,
            responsible.number,
            responsible.uf,
            laboratory.time_zone,
        )

    async def _newer(self, sql: str, *args: Any) -> bool:
        return await self._session.execute(sql, *args) == "INSERT 0 1"


def _patient(row: Row) -> Patient:
    return Patient(
        id=row["patient_id"],
        clinic_id=row["clinic_id"],
        person_id=row["person_id"],
        record_number=row["record_number"],
        name=row["name"],
        social_name=row["social_name"],
        sex=Sex(row["sex"]),
        birth_date=row["birth_date"],
        mother_name=row["mother_name"],
        merged_into=row["merged_into"],
    )


def _professional(row: Row) -> Professional:
    return Professional(
        id=row["account_id"],
        clinic_id=row["clinic_id"],
        name=row["name"],
        council=row["council"],
        number=row["number"],
        uf=row["uf"],
        verified=row["verified"],
        roles=frozenset(row["roles"]),
    )


def _laboratory(row: Row) -> Laboratory:
    return Laboratory(
        clinic_id=row["clinic_id"],
        name=row["name"],
        address=row["address"],
        phone=row["phone"],
        cnes=row["cnes"],
        council_registration=row["council_registration"],
        technical_responsible=TechnicalResponsible(
            name=row["responsible_name"],
            council=row["responsible_council"],
            number=row["responsible_number"],
            uf=row["responsible_uf"],
        ),
        time_zone=row["time_zone"],
    )
