"""What identifies or reaches a patient rests sealed under the record's own key; the key gone, it is gone."""

from datetime import date
from typing import Any

import asyncpg
import pytest

from infra.local.provision.databases import DatabaseUrls
from services.accounts.domain.account import AccountKind
from services.accounts.domain.clinic import Clinic
from services.accounts.domain.contact import Phone
from services.accounts.domain.patient_record import PatientRecord, Sex
from services.shared.kernel.ids import new_id
from services.shared.platform.postgres.database import Scope
from tests.integration.accounts.postgres import connected, migrated
from tests.unit.accounts.samples import CPF_ANA, an_account

SECRETS = (CPF_ANA, "700000000000005", "ana@example.com", "+5511912345678", "Maria Lima")


@pytest.fixture(scope="module")
def urls(new_database: Any) -> DatabaseUrls:
    return migrated(new_database)


def a_record(clinic: Clinic, person_id: Any) -> PatientRecord:
    cpf, cns, email, phone, mother = SECRETS
    return PatientRecord(
        id=new_id(), clinic_id=clinic.id, person_id=person_id, version=1, record_number="000001", name="Ana Lima",
        social_name=None, birth_date=date(1988, 2, 17), sex=Sex.FEMALE, mother_name=mother, cpf=cpf, cns=cns,
        email=email, phone=Phone(phone),
    )  # fmt: skip


async def test_no_identifier_rests_in_clear_and_without_its_key_a_record_keeps_none(
    urls: DatabaseUrls,
) -> None:
    clinic = Clinic(new_id(), "Clínica")
    person = an_account(AccountKind.PATIENT, "Ana", clinic)
    record = a_record(clinic, person.id)
    async with connected(urls) as link:
        async with link.transactions.write(clinic_id=clinic.id, person_id=person.id) as work:
            await work.clinics.add(clinic)
            await work.accounts.add(person)
            await work.patients.add(record)
        owner = await asyncpg.connect(urls.owner.replace("+asyncpg", ""))
        stored = str([dict(row) for row in await owner.fetch("SELECT * FROM patient_records")])
        await owner.close()
        assert str(record.id) in stored
        assert not [secret for secret in SECRETS if secret in stored]
        async with link.transactions.read(clinic_id=clinic.id) as reading:
            assert await reading.patients.get(record.id) == record
        async with link.database.write(Scope(clinic_id=clinic.id)) as session:
            await session.execute("DELETE FROM patient_keys WHERE patient_id = $1", record.id)
        async with link.transactions.read(clinic_id=clinic.id) as reading:
            left = await reading.patients.get(record.id)
    assert left is not None
    assert (left.cpf, left.cns, left.mother_name, left.email, left.phone) == (None,) * 5
    assert left.record_number == record.record_number


async def test_another_clinic_neither_sees_nor_deletes_the_key(urls: DatabaseUrls) -> None:
    here, there = Clinic(new_id(), "Aqui"), Clinic(new_id(), "Lá")
    person = an_account(AccountKind.PATIENT, "Ana", here)
    record = a_record(here, person.id)
    async with connected(urls) as link:
        async with link.transactions.write(clinic_id=here.id, person_id=person.id) as work:
            await work.clinics.add(here)
            await work.accounts.add(person)
            await work.patients.add(record)
        async with link.database.write(Scope(clinic_id=there.id)) as session:
            assert await session.rows("SELECT * FROM patient_keys") == []
            assert await session.execute("DELETE FROM patient_keys") == "DELETE 0"
        async with link.transactions.read(clinic_id=here.id) as reading:
            assert await reading.patients.get(record.id) == record
