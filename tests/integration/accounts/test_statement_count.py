"""A page of patients or doctors, and one patient, take as many statements with 1,000 in the clinic as with ten."""

import asyncpg
import pytest

from infra.local.provision.databases import DatabaseUrls
from services.accounts.application.queries.find_doctors import FindDoctors
from services.accounts.application.queries.find_patients import FindPatients
from services.accounts.application.queries.get_patient import GetPatient
from services.accounts.domain.clinic import Clinic
from services.shared.kernel.clock import SystemClock
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from tests.integration.accounts.postgres import Link

_FEW, _MANY = 10, 1_000
_PAGE = 20
_MORE_PEOPLE = [
    """INSERT INTO accounts (id, version, kind, name, locale, home_clinic_id, has_password)
       SELECT md5($1::uuid::text || n)::uuid, 1, 'patient', 'x', 'pt-BR', $1, false
       FROM generate_series($2::int, $3::int) n""",
    """INSERT INTO patient_records (id, clinic_id, person_id, version, record_number, name, birth_date, sex)
       SELECT md5('record' || $1::uuid::text || n)::uuid, $1, md5($1::uuid::text || n)::uuid, 1, lpad(n::text, 6, '0'),
              'Maria da Silva ' || n, '1990-01-01', 'F'
       FROM generate_series($2::int, $3::int) n""",
    """INSERT INTO memberships (account_id, clinic_id, version, roles, name, verified, active)
       SELECT md5($1::uuid::text || n)::uuid, $1, 1, '{doctor}', 'Maria da Silva ' || n, true, true
       FROM generate_series($2::int, $3::int) n""",
]


@pytest.fixture
async def clinic(link: Link) -> Clinic:
    made = Clinic(new_id(), "Clínica grande")
    async with link.transactions.write(clinic_id=made.id) as work:
        await work.clinics.add(made)
    return made


async def more_people(admin_url: str, urls: DatabaseUrls, clinic: Clinic, first: int, last: int) -> None:
    name = urls.app.rpartition("/")[2]
    admin = await asyncpg.connect(admin_url.rpartition("/")[0] + f"/{name}")
    try:
        for statement in _MORE_PEOPLE:
            await admin.execute(statement, clinic.id, first, last)
        await admin.execute("ANALYZE patient_records, patient_words, memberships")
    finally:
        await admin.close()


async def statements_of(link: Link, clinic: Clinic, role: Role, sent: list[str]) -> dict[str, int]:
    """The fewest of three: a new connection asks about types, and what else lives in this process asks meanwhile."""
    counts = [await _once(link, clinic, role, sent) for _ in range(3)]
    return {what: min(each[what] for each in counts) for what in counts[0]}


async def _once(link: Link, clinic: Clinic, role: Role, sent: list[str]) -> dict[str, int]:
    caller = Principal(new_id(), frozenset({role}), clinic.id)
    patients = FindPatients(link.transactions, SystemClock())
    counts: dict[str, int] = {}
    for typed in ("", "maria", "mar sil", "000007"):
        sent.clear()
        page = await patients(typed, caller, after=None, limit=_PAGE, address=None)
        counts[f"patients {typed!r}"] = len(sent)
        assert page.records
    sent.clear()
    await GetPatient(link.transactions, SystemClock())(page.records[0].id, caller, address=None)
    counts["one patient"] = len(sent)
    sent.clear()
    doctors = await FindDoctors(link.transactions)("maria", caller, after=None, limit=_PAGE)
    counts["doctors"] = len(sent)
    assert doctors.doctors
    return counts


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST, Role.TECHNICIAN])
async def test_lists_take_as_many_statements_at_ten_and_at_a_thousand_people(
    link: Link,
    accounts_urls: DatabaseUrls,
    postgres_admin_url: str,
    clinic: Clinic,
    statements: list[str],
    role: Role,
) -> None:
    await more_people(postgres_admin_url, accounts_urls, clinic, 1, _FEW)
    few = await statements_of(link, clinic, role, statements)
    await more_people(postgres_admin_url, accounts_urls, clinic, _FEW + 1, _MANY)
    many = await statements_of(link, clinic, role, statements)
    assert few == many
    assert max(many.values()) <= 5, "BEGIN with its scope, the words, the page, its audit row, COMMIT"
