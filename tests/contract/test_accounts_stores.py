"""Every port of accounts that keeps something, in memory and in PostgreSQL: the same cases."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from infra.local.provision.databases import DatabaseUrls
from services.accounts.application.audit_ports import KnownActor
from services.accounts.application.machine_ports import MachineClients
from services.accounts.application.patient_ports import PatientSearch
from services.accounts.application.ports import (
    Credentials,
    Directory,
    DoctorSearch,
    RepeatKey,
    Transactions,
)
from services.accounts.application.sign_in_ports import AttemptLog
from services.accounts.application.staff_ports import StaffSearch
from services.accounts.domain.account import Account, AccountKind
from services.accounts.domain.attempts import FORGOTTEN_AFTER, Attempts
from services.accounts.domain.clinic import Clinic
from services.accounts.domain.confirmation import Confirmation, Purpose
from services.accounts.domain.contact import Phone
from services.accounts.domain.invitation import Invitation, InvitationState
from services.accounts.domain.login import Login, LoginKind
from services.accounts.domain.machine_client import MachineClient, Secret, hash_secret
from services.accounts.domain.membership import CouncilRegistration, Membership, Verification, VerifiedHow
from services.accounts.domain.merge import Merge, MergeState
from services.accounts.domain.one_time_code import OneTimeCode
from services.accounts.domain.patient_record import PatientRecord, Sex
from services.accounts.domain.proxy import Proxy, ProxyKind
from services.accounts.domain.session import Session
from services.accounts.infrastructure.in_memory.directory import (
    InMemoryAttemptLog,
    InMemoryDirectory,
    InMemoryMachineClients,
)
from services.accounts.infrastructure.in_memory.transactions import InMemoryTransactions
from services.accounts.infrastructure.persistence.directory import (
    PostgresAttemptLog,
    PostgresDirectory,
)
from services.accounts.infrastructure.persistence.machine_clients import PostgresMachineClients
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from tests.integration.accounts.postgres import connected, migrated
from tests.unit.accounts.samples import CPF_ANA, CPF_BENTO, NOW, an_account


@dataclass
class Stores:
    transactions: Transactions
    directory: Directory
    clients: MachineClients
    attempts: AttemptLog

    async def a_clinic(self) -> Clinic:
        clinic = Clinic(new_id(), "Clínica")
        async with self.transactions.write(clinic_id=clinic.id) as work:
            await work.clinics.add(clinic)
        return clinic

    async def a_person(self, clinic: Clinic, **changes: Any) -> Account:
        account = replace(an_account(AccountKind.PATIENT, "Ana Lima", clinic), **changes)
        async with self.transactions.write(clinic_id=clinic.id, person_id=account.id) as work:
            await work.accounts.add(account)
        return account

    async def a_record(self, clinic: Clinic, person: Account, **changes: Any) -> PatientRecord:
        async with self.transactions.write(clinic_id=clinic.id) as work:
            number = f"{await work.patients.next_ordinal(clinic.id):06d}"
            record = replace(a_record(clinic, person, number), **changes)
            await work.patients.add(record)
        return record


def a_record(clinic: Clinic, person: Account, number: str) -> PatientRecord:
    return PatientRecord(
        id=new_id(),
        clinic_id=clinic.id,
        person_id=person.id,
        version=1,
        record_number=number,
        name="Ana Lima",
        social_name=None,
        birth_date=date(1988, 2, 17),
        sex=Sex.FEMALE,
        mother_name="Maria Lima",
        cpf=None,
        cns=None,
        email="ana@example.com",
        phone=Phone("+5511912345678"),
    )


@pytest.fixture(scope="module", params=["in memory", "postgresql"])
def database_urls(request: pytest.FixtureRequest) -> DatabaseUrls | None:
    """None: in memory."""
    if request.param == "in memory":
        return None
    return migrated(request.getfixturevalue("new_database"))


@pytest.fixture
async def stores(database_urls: DatabaseUrls | None) -> AsyncIterator[Stores]:
    if database_urls is None:
        transactions, attempts = InMemoryTransactions(), InMemoryAttemptLog()
        directory = InMemoryDirectory(transactions, attempts)
        yield Stores(transactions, directory, InMemoryMachineClients(transactions), attempts)
        return
    async with connected(database_urls) as link:
        yield Stores(
            link.transactions,
            PostgresDirectory(link.database, link.vault),
            PostgresMachineClients(link.database),
            PostgresAttemptLog(link.database),
        )


async def test_what_was_added_is_read_as_it_was(stores: Stores) -> None:
    clinic = await stores.a_clinic()
    person = await stores.a_person(clinic, birth_date=date(1988, 2, 17), email="ana@example.com")
    record = await stores.a_record(
        clinic, person, cpf=CPF_ANA, cns="700000000000005", social_name="Ana Flor", sex=Sex.OTHER
    )
    async with stores.transactions.read(clinic_id=clinic.id) as reading:
        assert await reading.clinics.get(clinic.id) == clinic
        assert await reading.accounts.get(person.id) == person
        assert await reading.patients.get(record.id) == record
        assert await reading.patients.id_with_cpf(clinic.id, CPF_ANA) == record.id
        assert await reading.patients.id_with_cpf(clinic.id, CPF_BENTO) is None


async def test_a_clinic_sees_its_own_people_alone(stores: Stores) -> None:
    here, there = await stores.a_clinic(), await stores.a_clinic()
    person = await stores.a_person(here)
    record = await stores.a_record(here, person)
    async with stores.transactions.read(clinic_id=there.id) as reading:
        assert await reading.patients.get(record.id) is None
        assert await reading.patients.search(here.id, PatientSearch()) == []
        assert await reading.accounts.get(person.id) is None
    async with stores.transactions.read() as reading:
        assert await reading.patients.get(record.id) is None


async def test_a_person_sees_the_own_records_of_all_clinics(stores: Stores) -> None:
    here, there = await stores.a_clinic(), await stores.a_clinic()
    person = await stores.a_person(here)
    records = [await stores.a_record(here, person), await stores.a_record(there, person)]
    async with stores.transactions.read(person_id=person.id) as reading:
        assert list(await reading.patients.of_person(person.id)) == records
    async with stores.transactions.read(person_id=new_id()) as reading:
        assert list(await reading.patients.of_person(person.id)) == []


async def test_a_record_of_another_clinic_cannot_be_written(stores: Stores) -> None:
    here, there = await stores.a_clinic(), await stores.a_clinic()
    person = await stores.a_person(here)
    with pytest.raises(Exception, match=r"row-level security|^$"):
        async with stores.transactions.write(clinic_id=there.id) as work:
            await work.patients.add(a_record(here, person, "000001"))
    async with stores.transactions.read(clinic_id=here.id) as reading:
        assert await reading.patients.search(here.id, PatientSearch()) == []


async def test_an_exception_undoes_everything(stores: Stores) -> None:
    clinic = await stores.a_clinic()
    person = await stores.a_person(clinic)

    async def fail_half_way() -> None:
        async with stores.transactions.write(clinic_id=clinic.id) as work:
            await work.patients.add(a_record(clinic, person, "000001"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail_half_way()
    async with stores.transactions.read(clinic_id=clinic.id) as reading:
        assert await reading.patients.search(clinic.id, PatientSearch()) == []


async def test_an_account_is_saved_with_its_new_version(stores: Stores) -> None:
    clinic = await stores.a_clinic()
    person = await stores.a_person(clinic, has_password=False)
    changed = person.with_password().in_locale("en")
    async with stores.transactions.write(person_id=person.id) as work:
        assert await work.accounts.get(person.id, lock=True) == person
        await work.accounts.save(changed)
    async with stores.transactions.read(person_id=person.id) as reading:
        assert await reading.accounts.get(person.id) == changed


async def test_a_login_leads_to_the_first_who_claims_it(stores: Stores) -> None:
    clinic = await stores.a_clinic()
    first, second = await stores.a_person(clinic), await stores.a_person(clinic)
    login = Login(LoginKind.EMAIL, f"{first.id}@example.com")
    async with stores.transactions.write(clinic_id=clinic.id) as work:
        assert await work.accounts.claim_login(login, first.id)
        assert not await work.accounts.claim_login(login, second.id)
    assert await stores.directory.person_of_login(login) == first.id
    assert await stores.directory.person_of_login(Login(LoginKind.CPF, login.value)) is None


async def test_a_cpf_and_the_birth_date_lead_to_their_person_from_any_clinic(stores: Stores) -> None:
    here, there = await stores.a_clinic(), await stores.a_clinic()
    born = date(1988, 2, 17)
    person = await stores.a_person(here)
    await stores.a_record(here, person, birth_date=born)
    cpf = str(person.id.int)[-11:]
    async with stores.transactions.write(clinic_id=here.id) as work:
        await work.patients.lock_cpf(cpf)
        await work.accounts.claim_login(Login(LoginKind.CPF, cpf), person.id)
    async with stores.transactions.write(clinic_id=there.id) as work:
        assert await work.accounts.id_with_cpf(cpf, born) == person.id
        assert await work.accounts.id_with_cpf(cpf, date(1988, 2, 18)) is None
        assert await work.accounts.id_with_cpf(cpf[::-1] + "x", born) is None


async def test_confirmations_are_their_persons_alone_and_one_per_purpose(stores: Stores) -> None:
    person_id, other = new_id(), new_id()
    first = Confirmation(
        person_id=person_id,
        purpose=Purpose.SIGN_UP,
        facts={"email": "ana@example.com"},
        code_hashes=(b"one", b"two"),
        issued_at=NOW,
        expires_at=NOW + timedelta(minutes=10),
    )
    second = replace(first, purpose=Purpose.CONTACT, code_hashes=(b"three",))
    async with stores.transactions.write(person_id=person_id) as work:
        await work.confirmations.put(first)
        await work.confirmations.put(second)
        await work.confirmations.put(first.tried())
    async with stores.transactions.read(person_id=person_id) as reading:
        assert await reading.confirmations.get(person_id, Purpose.SIGN_UP) == first.tried()
        assert await reading.confirmations.get(person_id, Purpose.CONTACT) == second
        assert await reading.confirmations.get(person_id, Purpose.RECORD_LINK) is None
    async with stores.transactions.write(person_id=other) as work:
        assert await work.confirmations.get(person_id, Purpose.SIGN_UP) is None
        await work.confirmations.remove(person_id, Purpose.SIGN_UP)
    async with stores.transactions.write(person_id=person_id) as work:
        assert await work.confirmations.get(person_id, Purpose.SIGN_UP) is not None
        await work.confirmations.remove(person_id, Purpose.SIGN_UP)
        assert await work.confirmations.get(person_id, Purpose.SIGN_UP) is None


async def test_logins_are_released_and_handed_over_in_their_persons_scope_alone(stores: Stores) -> None:
    clinic = await stores.a_clinic()
    me, heir = await stores.a_person(clinic), await stores.a_person(clinic)
    mail, cpf = Login(LoginKind.EMAIL, f"{me.id}@example.com"), Login(LoginKind.CPF, str(me.id.int)[:11])
    async with stores.transactions.write(clinic_id=clinic.id) as work:
        for login in (mail, cpf):
            assert await work.accounts.claim_login(login, me.id)
    async with stores.transactions.write(person_id=heir.id) as work:
        await work.accounts.release_login(mail, me.id)
        await work.accounts.hand_over_logins(me.id, heir.id)
    assert await stores.directory.person_of_login(mail) == me.id
    async with stores.transactions.write(person_id=me.id) as work:
        await work.accounts.release_login(mail, me.id)
        await work.accounts.hand_over_logins(me.id, heir.id)
    assert await stores.directory.person_of_login(mail) is None
    assert await stores.directory.person_of_login(cpf) == heir.id


async def test_a_transaction_goes_on_in_another_persons_scope_and_stays_one(stores: Stores) -> None:
    clinic = await stores.a_clinic()
    me, heir = await stores.a_person(clinic), await stores.a_person(clinic)
    async with stores.transactions.write(person_id=me.id) as work:
        assert await work.accounts.get(heir.id) is None
        await work.accounts.save(me.in_locale("en"))
        await work.act_for(heir.id)
        assert await work.accounts.get(me.id) is None
        await work.accounts.save(heir.in_locale("en"))

    async def fail_half_way() -> None:
        async with stores.transactions.write(person_id=me.id) as work:
            await work.accounts.save(me.emptied())
            await work.act_for(heir.id)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail_half_way()
    for person in (me, heir):
        async with stores.transactions.read(person_id=person.id) as reading:
            assert await reading.accounts.get(person.id) == person.in_locale("en")


async def test_a_records_contact_is_saved_and_its_clinic_alone_saves_it(stores: Stores) -> None:
    here, there = await stores.a_clinic(), await stores.a_clinic()
    record = await stores.a_record(here, await stores.a_person(here), cpf=CPF_ANA)
    changed = replace(record, version=2, email="new@example.com", phone=None)
    async with stores.transactions.write(clinic_id=here.id) as work:
        await work.patients.save(changed)
    async with stores.transactions.read(clinic_id=here.id) as reading:
        assert await reading.patients.get(record.id) == changed
    with pytest.raises(Exception, match=r"row-level security|^$"):
        async with stores.transactions.write(clinic_id=there.id) as work:
            await work.patients.save(replace(changed, email="thief@example.com"))
    async with stores.transactions.read(clinic_id=here.id) as reading:
        assert await reading.patients.get(record.id) == changed


async def test_records_alike_are_found_by_name_and_birth_date_and_merged_ones_are_not(stores: Stores) -> None:
    clinic = await stores.a_clinic()
    born = date(1988, 2, 17)
    made = [
        await stores.a_record(clinic, await stores.a_person(clinic), name=name, birth_date=day)
        for name, day in (
            ("Ângela Sá", born),
            ("ANGELA SA", born),
            ("Angela Sá", date(1990, 1, 1)),
            ("Bia Sá", born),
            ("bia sá", born),
        )
    ]
    async with stores.transactions.read(clinic_id=clinic.id) as reading:
        patients = reading.patients
        alike = [record.id for record in await patients.alike(clinic.id, "angela sa", born)]
        assert alike == sorted([made[0].id, made[1].id])
        groups = await patients.duplicates(clinic.id, after=None, limit=9)
        expected = [sorted([made[0].id, made[1].id]), sorted([made[3].id, made[4].id])]
        assert [[record.id for record in group] for group in groups] == expected
        key = await patients.duplicate_key(made[0].id)
        after = await patients.duplicates(clinic.id, after=key, limit=9)
        assert [[record.id for record in group] for group in after] == expected[1:]
        assert len(await patients.duplicates(clinic.id, after=None, limit=1)) == 1
        assert {record.id for record in await patients.these([made[0].id, made[3].id])} == {
            made[0].id,
            made[3].id,
        }
    merged = replace(made[1], merged_into=made[0].id, version=2)
    async with stores.transactions.write(clinic_id=clinic.id) as work:
        assert await work.patients.get(merged.id, lock=True) == made[1]
        await work.patients.save(merged)
    async with stores.transactions.read(clinic_id=clinic.id) as reading:
        patients = reading.patients
        assert await patients.get(merged.id) == merged
        assert list(await patients.merged_into(made[0].id)) == [merged.id]
        assert [r.id for r in await patients.alike(clinic.id, "angela sa", born)] == [made[0].id]
        assert len(await patients.duplicates(clinic.id, after=None, limit=9)) == 1
        by_number = await patients.search(clinic.id, PatientSearch(record_number=merged.record_number))
        assert [record.id for record in by_number] == [made[0].id]
        by_name = await patients.search(clinic.id, PatientSearch(name="angela"))
        assert merged.id not in {record.id for record in by_name}


async def test_merges_are_kept_with_their_history_and_one_is_open_per_duplicate(stores: Stores) -> None:
    here, there = await stores.a_clinic(), await stores.a_clinic()
    records = [await stores.a_record(here, await stores.a_person(here)) for _ in range(3)]

    def a_merge(duplicate: int) -> Merge:
        return Merge(
            id=new_id(),
            clinic_id=here.id,
            survivor_id=records[0].id,
            duplicate_id=records[duplicate].id,
            state=MergeState.PROPOSED,
            reason="mesma pessoa",
            proposed_by=new_id(),
            proposed_at=NOW,
        )

    first, second = a_merge(1), a_merge(2)
    undone = first.decided(merge=True, by=new_id(), now=NOW).undone("engano", by=new_id(), now=NOW)
    async with stores.transactions.write(clinic_id=here.id) as work:
        await work.merges.add(first)
        await work.merges.add(second)
        await work.merges.save(undone)
        assert await work.merges.get(first.id) == undone
        await work.merges.add(a_merge(1))
        assert len(await work.merges.listed(here.id, after=None, limit=9)) == 3
        assert list(await work.merges.listed(here.id, after=second.id, limit=9)) == [undone]
    async with stores.transactions.write(clinic_id=there.id) as work:
        assert await work.merges.get(first.id) is None
        assert list(await work.merges.listed(here.id, after=None, limit=9)) == []
    with pytest.raises(LaudoError, match="merge_open"):
        async with stores.transactions.write(clinic_id=here.id) as work:
            await work.merges.add(a_merge(2))


async def test_the_clinics_of_the_installation_are_listed_by_name(stores: Stores) -> None:
    made = [await stores.a_clinic() for _ in range(2)]
    async with stores.transactions.read() as reading:
        assert {clinic.id for clinic in await reading.clinics.all()} >= {clinic.id for clinic in made}


async def test_record_numbers_are_given_once_and_per_clinic(stores: Stores) -> None:
    here, there = await stores.a_clinic(), await stores.a_clinic()
    async with stores.transactions.write(clinic_id=here.id) as work:
        assert [await work.patients.next_ordinal(here.id) for _ in range(3)] == [1, 2, 3]
        await work.patients.reserve_ordinal(here.id, 10)
        await work.patients.reserve_ordinal(here.id, 7)
        assert await work.patients.next_ordinal(here.id) == 11
    async with stores.transactions.write(clinic_id=there.id) as work:
        assert await work.patients.next_ordinal(there.id) == 1


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("joao", ["João d'Ávila"]),
        ("ÁVI jo", ["João d'Ávila"]),
        ("d'avila", ["João d'Ávila"]),
        ("ana", ["Ana Lima", "Zoé Ana"]),
        ("flor", ["Zoé Ana"]),
        ("vila", []),
        ("lima ana zz", []),
        ("%", []),
        ("_", []),
        ("'; DROP TABLE accounts; --", []),
        ("a b c d e f g h", []),
    ],
)
async def test_names_are_found_by_the_beginnings_of_words(
    stores: Stores, typed: str, names: list[str]
) -> None:
    clinic = await stores.a_clinic()
    for name, social_name in (("Zoé Ana", "Flor Souza"), ("Ana Lima", None), ("João d'Ávila", None)):
        person = await stores.a_person(clinic)
        await stores.a_record(clinic, person, name=name, social_name=social_name)
    async with stores.transactions.read(clinic_id=clinic.id) as reading:
        found = await reading.patients.search(clinic.id, PatientSearch(name=typed))
    assert [record.name for record in found] == names


async def test_searches_by_number_and_cpf_are_exact_and_pages_follow_the_name(stores: Stores) -> None:
    clinic = await stores.a_clinic()
    names = ["Ana", "Ângela", "Bia", "bruna", "Caio"]
    for number, name in enumerate(reversed(names)):
        cpf = CPF_ANA if name == "Bia" else None
        await stores.a_record(clinic, await stores.a_person(clinic), name=f"{name} Sá", cpf=cpf)
        assert number < 5
    async with stores.transactions.read(clinic_id=clinic.id) as reading:

        async def search(**criteria: Any) -> list[str]:
            found = await reading.patients.search(clinic.id, PatientSearch(**criteria))
            return [record.name.split()[0] for record in found]

        assert await search() == names
        assert await search(cpf=CPF_ANA) == ["Bia"]
        assert await search(cpf=CPF_BENTO) == []
        assert await search(record_number="000001") == ["Caio"]
        assert await search(limit=2) == names[:2]
        second = (await reading.patients.search(clinic.id, PatientSearch(limit=2)))[-1]
        assert await search(after=second.id, limit=2) == names[2:4]
        assert await search(name="sa", after=second.id) == names[2:]
        assert await search(after=new_id()) == []


async def test_memberships_and_doctors_are_read_back(stores: Stores) -> None:
    here, there = await stores.a_clinic(), await stores.a_clinic()
    people = [await stores.a_person(here, kind=AccountKind.STAFF) for _ in range(3)]
    crm = CouncilRegistration("CRM", "123456", "SP", verified=True)
    made = [
        Membership(people[0].id, here.id, 1, "Dra. Íris", frozenset({Role.DOCTOR, Role.RELEASER}), crm),
        Membership(people[1].id, here.id, 1, "Caio", frozenset({Role.TECHNICIAN}), None),
        Membership(people[2].id, here.id, 1, "Ex Iris", frozenset({Role.DOCTOR}), crm, active=False),
    ]
    async with stores.transactions.write(clinic_id=here.id) as work:
        for membership in made:
            await work.memberships.add(membership)
        assert list(await work.memberships.of_account(people[0].id)) == [made[0]]
        assert list(await work.memberships.of_account(people[2].id)) == []
        for typed, expected in ((None, [made[0]]), ("iri", [made[0]]), ("ris", []), ("%", [])):
            assert list(await work.memberships.doctors(here.id, DoctorSearch(typed))) == expected
        assert list(await work.memberships.doctors(here.id, DoctorSearch(after=people[0].id))) == []
    async with stores.transactions.read(clinic_id=there.id) as reading:
        assert list(await reading.memberships.of_account(people[0].id)) == []
        assert list(await reading.memberships.doctors(here.id, DoctorSearch())) == []
    async with stores.transactions.read(person_id=people[0].id) as reading:
        assert list(await reading.memberships.of_account(people[0].id)) == [made[0]]


async def test_staff_is_listed_with_those_who_left_and_saved_with_its_verification(stores: Stores) -> None:
    clinic, there = await stores.a_clinic(), await stores.a_clinic()
    people = [await stores.a_person(clinic, kind=AccountKind.STAFF) for _ in range(3)]
    crm = CouncilRegistration("CRM", "123456", "SP", verified=False)
    made = [
        Membership(people[0].id, clinic.id, 1, "Ângela Sá", frozenset({Role.ADMINISTRATOR}), None),
        Membership(people[1].id, clinic.id, 1, "Bia Sá", frozenset({Role.RELEASER}), crm),
        Membership(people[2].id, clinic.id, 1, "Caio Sá", frozenset({Role.TECHNICIAN}), None, active=False),
    ]
    verification = Verification(people[0].id, NOW, VerifiedHow.COUNCIL_REGISTER, "regular")
    verified = made[1].verified(verification)
    async with stores.transactions.write(clinic_id=clinic.id) as work:
        await work.memberships.lock_clinic(clinic.id)
        for membership in made:
            await work.memberships.add(membership)
        await work.memberships.save(verified)
        assert await work.memberships.active_administrators(clinic.id) == 1
    made[1] = verified
    async with stores.transactions.read(clinic_id=clinic.id) as reading:
        staff = reading.memberships.staff
        assert list(await staff(clinic.id, StaffSearch())) == made
        assert list(await staff(clinic.id, StaffSearch("sa", limit=2))) == made[:2]
        assert list(await staff(clinic.id, StaffSearch(after=people[1].id))) == made[2:]
        assert list(await staff(clinic.id, StaffSearch("ange"))) == made[:1]
        assert await reading.memberships.of_member(people[2].id, clinic.id) == made[2]
        assert await reading.memberships.of_member(people[2].id, there.id) is None
    async with stores.transactions.read(clinic_id=there.id) as reading:
        assert list(await reading.memberships.staff(clinic.id, StaffSearch())) == []
        assert await reading.memberships.of_member(people[0].id, clinic.id) is None
    with pytest.raises(LaudoError, match="already_staff"):
        async with stores.transactions.write(clinic_id=clinic.id) as work:
            await work.memberships.add(made[0])


def an_invitation(clinic: Clinic, number: int) -> Invitation:
    return Invitation(
        id=new_id(),
        clinic_id=clinic.id,
        version=1,
        state=InvitationState.OPEN,
        name="Íris",
        email=f"iris{number}@example.com",
        locale="en",
        roles=frozenset({Role.DOCTOR, Role.RELEASER}),
        registration=CouncilRegistration("CRM", "123456", "SP", verified=False),
        code_hash=new_id().bytes,
        totp_secret="JBSWY3DPEHPK3PXP",
        invited_by=new_id(),
        sent_at=NOW,
        expires_at=NOW + timedelta(days=7),
    )


async def test_invitations_are_found_by_code_in_their_clinic_and_one_is_open_per_address(
    stores: Stores,
) -> None:
    here, there = await stores.a_clinic(), await stores.a_clinic()
    made = [an_invitation(here, number) for number in range(3)]
    async with stores.transactions.write(clinic_id=here.id) as work:
        for invitation in made:
            await work.invitations.add(invitation)
        accepted = made[0].accepted(new_id())
        await work.invitations.save(accepted)
    assert await stores.directory.clinic_of_invitation(made[1].code_hash) == here.id
    assert await stores.directory.clinic_of_invitation(made[0].code_hash) is None
    assert await stores.directory.clinic_of_invitation(b"unknown") is None
    async with stores.transactions.write(clinic_id=here.id) as work:
        assert await work.invitations.get(made[0].id) == accepted
        assert await work.invitations.with_code(made[2].code_hash) == made[2]
        assert list(await work.invitations.open_ones(here.id, after=None, limit=1)) == [made[2]]
        assert list(await work.invitations.open_ones(here.id, after=made[2].id, limit=9)) == [made[1]]
        again = replace(an_invitation(here, 0), code_hash=b"another")  # the first of this address is accepted
        await work.invitations.add(again)
    async with stores.transactions.write(clinic_id=there.id) as work:
        assert await work.invitations.get(made[1].id) is None
        assert await work.invitations.with_code(made[1].code_hash) is None
    with pytest.raises(LaudoError, match="invitation_exists"):
        async with stores.transactions.write(clinic_id=here.id) as work:
            await work.invitations.add(an_invitation(here, 1))


async def test_sessions_of_one_clinic_or_of_all_are_ended(stores: Stores) -> None:
    here, there = await stores.a_clinic(), await stores.a_clinic()
    person = await stores.a_person(here)
    made = [Session(new_id(), person.id, clinic.id, NOW, NOW) for clinic in (here, there, there)]
    async with stores.transactions.write(person_id=person.id) as work:
        for session in made:
            await work.sessions.start(session, session.id.bytes)
        await work.sessions.end_all(person.id, NOW, clinic_id=here.id)
        ended = [await work.sessions.get(session.id) for session in made]
        assert [session.revoked_at for session in ended if session] == [NOW, None, None]
        await work.sessions.end_all(person.id, NOW + timedelta(seconds=1))
        ended = [await work.sessions.get(session.id) for session in made]
        later = NOW + timedelta(seconds=1)
        assert [session.revoked_at for session in ended if session] == [NOW, later, later]


async def test_credentials_are_their_persons_alone(stores: Stores) -> None:
    clinic = await stores.a_clinic()
    person = await stores.a_person(clinic)
    first = Credentials(person.id, "hash", "JBSWY3DPEHPK3PXP")
    async with stores.transactions.write(person_id=person.id) as work:
        await work.credentials.save(first)
        assert await work.credentials.get(person.id, lock=True) == first
        await work.credentials.save(replace(first, last_totp_step=58_000_000))
    async with stores.transactions.read(person_id=person.id) as reading:
        assert await reading.credentials.get(person.id) == replace(first, last_totp_step=58_000_000)
    async with stores.transactions.read(clinic_id=clinic.id) as reading:
        assert await reading.credentials.get(person.id) is None
    with pytest.raises(Exception, match=r"row-level security|^$"):
        async with stores.transactions.write(clinic_id=clinic.id) as work:
            await work.credentials.save(replace(first, password_hash="another"))


async def test_sessions_rotate_their_tokens(stores: Stores) -> None:
    clinic = await stores.a_clinic()
    person = await stores.a_person(clinic)
    session = Session(new_id(), person.id, clinic.id, started_at=NOW, last_used_at=NOW)
    first, second = person.id.bytes + b"1", person.id.bytes + b"2"
    later = session.used(NOW + timedelta(minutes=9))
    async with stores.transactions.write(person_id=person.id) as work:
        await work.sessions.start(session, first)
        assert await work.sessions.by_token(first) == (session, None)
        await work.sessions.rotate(later, first, second)
        assert await work.sessions.by_token(first) == (later, later.last_used_at)
        assert await work.sessions.by_token(second) == (later, None)
        await work.sessions.save(later.stepped_up(NOW).revoked(NOW))
        assert await work.sessions.get(session.id) == later.stepped_up(NOW).revoked(NOW)
    assert await stores.directory.person_of_refresh_token(second) == person.id
    assert await stores.directory.person_of_refresh_token(b"unknown") is None
    async with stores.transactions.write(person_id=new_id()) as work:
        assert await work.sessions.by_token(second) is None
        assert await work.sessions.get(session.id) is None


async def test_which_contacts_were_confirmed_and_who_changed_what_at_a_desk_is_kept(stores: Stores) -> None:
    clinic = await stores.a_clinic()
    person = await stores.a_person(clinic, email="ana@example.com", desk_contact_by=new_id())
    assert (person.email_confirmed, person.phone_confirmed) == (False, True)
    async with stores.transactions.write(person_id=person.id) as work:
        assert await work.accounts.get(person.id) == person
        changed = replace(
            person,
            email_confirmed=True,
            phone_confirmed=False,
            desk_contact_by=None,
            desk_factors_by=new_id(),
        )
        await work.accounts.save(changed)
        assert await work.accounts.get(person.id) == changed


async def test_one_code_per_person_the_newest(stores: Stores) -> None:
    person = await stores.a_person(await stores.a_clinic())
    code = OneTimeCode(person.id, NOW, NOW + timedelta(minutes=10), email_hash=b"first")
    newer = replace(code, email_hash=b"second", sms_hash=b"third", tries=2)
    async with stores.transactions.write(person_id=person.id) as work:
        assert await work.codes.get(person.id) is None
        await work.codes.put(code)
        await work.codes.put(newer)
        assert await work.codes.get(person.id) == newer
    async with stores.transactions.write(person_id=person.id) as work:
        await work.codes.remove(person.id)
        await work.codes.remove(person.id)
        assert await work.codes.get(person.id) is None


async def test_a_repeat_gets_the_first_answer(stores: Stores) -> None:
    clinic = await stores.a_clinic()
    caller = Principal(new_id(), frozenset({Role.RECEPTIONIST}), clinic.id)
    repeat = RepeatKey(str(new_id()), "POST /patients", b"body")
    runs = []

    async def run() -> dict[str, str]:
        runs.append(1)
        return {"id": str(len(runs))}

    for _ in range(2):
        async with stores.transactions.write(clinic_id=clinic.id) as work:
            assert await work.once(caller, repeat, run) == {"id": "1"}
    with pytest.raises(LaudoError, match="key_reused"):
        async with stores.transactions.write(clinic_id=clinic.id) as work:
            await work.once(caller, replace(repeat, request=b"other"), run)
    assert runs == [1]


async def test_failures_are_counted_and_forgotten(stores: Stores) -> None:
    key, other = new_id().bytes, new_id().bytes
    assert await stores.attempts.get(key, other) == [Attempts(), Attempts()]
    await asyncio.gather(*(stores.attempts.count_failure(NOW, key, other) for _ in range(5)))
    await stores.attempts.count_failure(NOW, other)
    assert await stores.attempts.get(other, key) == [Attempts(6, NOW), Attempts(5, NOW)]
    await stores.attempts.count_failure(NOW + FORGOTTEN_AFTER, key)
    assert await stores.attempts.get(key) == [Attempts(1, NOW + FORGOTTEN_AFTER)]
    await stores.attempts.clear(key, other)
    assert await stores.attempts.get(key, other) == [Attempts(), Attempts()]


async def test_machine_clients_are_kept_and_replaced(stores: Stores) -> None:
    name = f"client-{new_id()}"
    assert await stores.clients.get(name) is None
    client = MachineClient(new_id(), name, Secret(hash_secret("s" * 43)), frozenset({"snapshot:read"}))
    await stores.clients.put(client)
    await stores.clients.put(replace(client, scopes=frozenset({"a", "b"})))
    assert await stores.clients.get(name) == replace(client, scopes=frozenset({"a", "b"}))


def a_client(clinic: Clinic) -> MachineClient:
    return MachineClient(
        id=new_id(),
        client_id=f"integration-{new_id()}",
        current=Secret(hash_secret("s" * 43), new_id(), NOW + timedelta(days=30)),
        scopes=frozenset({"orders:write"}),
        clinic_id=clinic.id,
        name="LIS",
        created_at=NOW,
        created_by=new_id(),
    )


async def test_a_clinics_machine_clients_are_seen_and_changed_in_that_clinic_alone(stores: Stores) -> None:
    clinic, other = await stores.a_clinic(), await stores.a_clinic()
    first, second = a_client(clinic), a_client(clinic)
    async with stores.transactions.write(clinic_id=clinic.id) as work:
        await work.machine_clients.add(first)
        await work.machine_clients.add(second)
    async with stores.transactions.read(clinic_id=clinic.id) as reading:
        shown = reading.machine_clients
        assert await shown.of_clinic(clinic.id, after=None, limit=1) == [second]
        assert await shown.of_clinic(clinic.id, after=second.id, limit=5) == [first]
        assert await shown.one(first.id) == first
    async with stores.transactions.write(clinic_id=other.id) as work:
        assert await work.machine_clients.one(first.id) is None
        assert await work.machine_clients.of_clinic(clinic.id, after=None, limit=5) == []
    assert await stores.clients.get(first.client_id) == first  # the door: whoever knows the exact id


async def test_a_machine_clients_changes_and_uses_are_kept(stores: Stores) -> None:
    clinic = await stores.a_clinic()
    client = a_client(clinic)
    async with stores.transactions.write(clinic_id=clinic.id) as work:
        await work.machine_clients.add(client)
    rotated = client.rotated(hash_secret("new"), NOW, lasts=timedelta(days=90), overlap=timedelta(hours=1))
    async with stores.transactions.write(clinic_id=clinic.id) as work:
        await work.machine_clients.change(client, rotated, NOW)
    assert await stores.clients.get(client.client_id) == rotated
    assert rotated.previous is not None
    await stores.clients.note_use(rotated, rotated.previous, NOW)
    await stores.clients.note_use(rotated, rotated.current, NOW + timedelta(minutes=3))
    used = await stores.clients.get(client.client_id)
    assert used is not None
    assert used.previous is not None
    assert (used.previous.used_at, used.current.used_at) == (NOW, NOW + timedelta(minutes=3))
    assert used.last_used_at == NOW + timedelta(minutes=3)
    async with stores.transactions.write(clinic_id=clinic.id) as work:
        await work.machine_clients.change(used, used.ended(NOW), NOW)
    assert await stores.clients.get(client.client_id) == used.ended(NOW)


async def test_the_audits_ids_are_named_in_their_clinic_alone(stores: Stores) -> None:
    clinic, other = await stores.a_clinic(), await stores.a_clinic()
    record = await stores.a_record(clinic, await stores.a_person(clinic))
    doctor, program = await stores.a_person(clinic, kind=AccountKind.STAFF), a_client(clinic)
    async with stores.transactions.write(clinic_id=clinic.id, person_id=doctor.id) as work:
        await work.memberships.add(
            Membership(doctor.id, clinic.id, 1, "Beatriz", frozenset({Role.AUDITOR}), None, active=False)
        )
        await work.machine_clients.add(program)
    ids = [doctor.id, program.id, record.person_id, new_id()]
    async with stores.transactions.read(clinic_id=clinic.id) as reading:
        names = {each.id: each for each in await reading.audit_names.actors(clinic.id, ids)}
        assert names == {
            doctor.id: KnownActor(doctor.id, "Beatriz"),
            program.id: KnownActor(program.id, "LIS", is_program=True),
        }
        numbers = await reading.audit_names.record_numbers(clinic.id, [record.id, new_id()])
        assert numbers == {record.id: record.record_number}
        assert await reading.audit_names.record_with(clinic.id, record.record_number) == record.id
        assert await reading.audit_names.record_with(clinic.id, "999999") is None
    async with stores.transactions.read(clinic_id=other.id) as reading:
        assert await reading.audit_names.actors(clinic.id, ids) == []
        assert await reading.audit_names.record_numbers(clinic.id, [record.id]) == {}
        assert await reading.audit_names.record_with(clinic.id, record.record_number) is None


async def test_a_patients_clinic_is_found_by_id_alone(stores: Stores) -> None:
    clinic = await stores.a_clinic()
    record = await stores.a_record(clinic, await stores.a_person(clinic))
    assert await stores.directory.clinic_of_patient(record.id) == clinic.id
    assert await stores.directory.clinic_of_patient(UUID(int=0)) is None


async def test_a_proxy_is_seen_by_both_and_by_the_persons_clinics_and_ended_by_the_person(
    stores: Stores,
) -> None:
    clinic, other = await stores.a_clinic(), await stores.a_clinic()
    person, reader = await stores.a_person(clinic), await stores.a_person(other)
    await stores.a_record(clinic, person)
    proxy = Proxy(
        id=new_id(),
        version=1,
        kind=ProxyKind.GRANTED,
        person_id=person.id,
        person_name="Ana Lima",
        reader_id=reader.id,
        label="Meu irmão",
        scope="values",
        starts_at=NOW,
        until=NOW + timedelta(days=9),
        made_by=person.id,
    )
    async with stores.transactions.write(person_id=person.id) as work:
        await work.proxies.add(proxy)
        await work.proxies.add(replace(proxy, id=new_id(), reader_id=None, starts_at=NOW - timedelta(days=1)))
    async with stores.transactions.read(person_id=person.id) as reading:
        assert [each.reader_id for each in await reading.proxies.of_person(person.id)] == [reader.id, None]
    async with stores.transactions.read(person_id=reader.id) as reading:
        assert await reading.proxies.held_by(reader.id) == [proxy]
    async with stores.transactions.read(clinic_id=clinic.id) as reading:
        assert await reading.proxies.get(proxy.id) == proxy
    for scope in ({"clinic_id": other.id}, {"person_id": new_id()}):
        async with stores.transactions.read(**scope) as reading:
            assert await reading.proxies.get(proxy.id) is None
    ended = proxy.ended(NOW + timedelta(days=1))
    async with stores.transactions.write(person_id=reader.id) as work:
        await work.proxies.save(ended)  # the reader's scope reads, and changes nothing
    async with stores.transactions.write(person_id=person.id) as work:
        assert await work.proxies.get(proxy.id, lock=True) == proxy
        await work.proxies.save(ended)
        assert await work.proxies.get(proxy.id) == ended
