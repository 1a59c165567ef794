"""Requests for erasure and the erasing itself, in memory and in PostgreSQL: the same cases."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from asyncpg import InsufficientPrivilegeError

from infra.local.provision.databases import DatabaseUrls
from services.accounts.application.erasure_ports import ErasureDirectory
from services.accounts.application.patient_ports import PatientSearch
from services.accounts.application.ports import Credentials
from services.accounts.domain.account import Account
from services.accounts.domain.clinic import Clinic
from services.accounts.domain.correction import Correction, CorrectionFacts, CorrectionField
from services.accounts.domain.erasure import (
    ANONYMISED_NAME,
    WAITING,
    Decision,
    Erasure,
    ErasureState,
    RecordErasure,
)
from services.accounts.domain.login import Login, LoginKind
from services.accounts.domain.patient_record import PatientRecord, Sex
from services.accounts.domain.proxy import Proxy, ProxyKind
from services.accounts.domain.session import Session
from services.accounts.infrastructure.in_memory.directory import (
    InMemoryAttemptLog,
    InMemoryDirectory,
    InMemoryErasureDirectory,
    InMemoryMachineClients,
)
from services.accounts.infrastructure.in_memory.stores import OutOfScope
from services.accounts.infrastructure.in_memory.transactions import InMemoryTransactions
from services.accounts.infrastructure.persistence.directory import (
    PostgresAttemptLog,
    PostgresDirectory,
)
from services.accounts.infrastructure.persistence.erasures import PostgresErasureDirectory
from services.accounts.infrastructure.persistence.machine_clients import PostgresMachineClients
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from tests.contract.test_accounts_stores import Stores
from tests.integration.accounts.postgres import connected, migrated
from tests.unit.accounts.samples import CPF_ANA, NOW

_HASH = b"hash of a receipt's code"


@dataclass
class World(Stores):
    erasures: ErasureDirectory

    async def planted(self) -> tuple[Clinic, Account, PatientRecord]:
        clinic = await self.a_clinic()
        person = await self.a_person(clinic, email="ana@example.com", birth_date=date(1988, 2, 17))
        record = await self.a_record(
            clinic, person, cpf=CPF_ANA, cns="700000000000005", social_name="Ana Flor"
        )
        return clinic, person, record

    async def asked(self, *records: PatientRecord, receipt: bytes | None = None, **changes: Any) -> Erasure:
        person_id = records[0].person_id
        erasure = replace(an_erasure(*records), **changes)
        async with self.transactions.write(person_id=person_id) as work:
            await work.erasures.add(erasure, receipt or erasure.id.bytes)
        return erasure


def an_erasure(*records: PatientRecord) -> Erasure:
    return Erasure(
        id=new_id(),
        person_id=records[0].person_id,
        receipt_code="7KQ2-M9XD-4TRW-HJ5B",
        requested_at=NOW,
        due_at=NOW + WAITING,
        records=tuple(
            sorted(
                (
                    RecordErasure(
                        patient_id=record.id,
                        clinic_id=record.clinic_id,
                        account_id=record.person_id,
                        due_at=NOW + WAITING,
                    )
                    for record in records
                ),
                key=lambda each: each.patient_id,
            )
        ),
    )


@pytest.fixture(scope="module", params=["in memory", "postgresql"])
def urls(request: pytest.FixtureRequest) -> DatabaseUrls | None:
    """None: in memory."""
    return None if request.param == "in memory" else migrated(request.getfixturevalue("new_database"))


@pytest.fixture
async def world(urls: DatabaseUrls | None) -> AsyncIterator[World]:
    if urls is None:
        kept, attempts = InMemoryTransactions(), InMemoryAttemptLog()
        directory = InMemoryDirectory(kept, attempts)
        yield World(
            kept,
            directory,
            InMemoryMachineClients(kept),
            attempts,
            InMemoryErasureDirectory(kept),
        )
        return
    async with connected(urls) as link:
        yield World(
            link.transactions,
            PostgresDirectory(link.database, link.vault),
            PostgresMachineClients(link.database),
            PostgresAttemptLog(link.database),
            PostgresErasureDirectory(link.database),
        )


async def test_the_person_sees_it_whole_and_a_clinic_its_own_part(world: World) -> None:
    _, person, record = await world.planted()
    other = await world.a_clinic()
    there = await world.a_record(other, person)
    erasure = await world.asked(record, there)
    async with world.transactions.read(person_id=person.id) as reading:
        assert await reading.erasures.newest_of(person.id) == erasure
        assert await reading.erasures.get(erasure.id) == erasure
    async with world.transactions.read(clinic_id=other.id) as reading:
        [seen] = await reading.erasures.of_clinic(other.id, after=None, limit=5)
        assert [each.patient_id for each in seen.records] == [there.id]
        assert await reading.erasures.of_clinic(other.id, after=erasure.id, limit=5) == []
    stranger = await world.a_clinic()
    async with world.transactions.read(clinic_id=stranger.id) as reading:
        assert await reading.erasures.get(erasure.id) is None
        assert await reading.erasures.newest_of(person.id) is None


async def test_one_waits_at_a_time(world: World) -> None:
    _, person, record = await world.planted()
    first = await world.asked(record)
    with pytest.raises(LaudoError) as refused:
        await world.asked(record)
    assert refused.value.kind.code == "accounts.erasure_open"
    async with world.transactions.write(person_id=person.id) as work:
        await work.erasures.save(first.withdrawn(NOW))
    second = await world.asked(record)
    async with world.transactions.read(person_id=person.id) as reading:
        assert await reading.erasures.newest_of(person.id) == second


async def test_a_clinics_word_is_kept_for_its_own_record(world: World) -> None:
    clinic, person, record = await world.planted()
    there = await world.a_record(await world.a_clinic(), person)
    erasure = await world.asked(record, there)
    until, by = NOW + timedelta(days=90), new_id()
    async with world.transactions.write(clinic_id=clinic.id) as work:
        own = await work.erasures.get(erasure.id)
        assert own is not None
        await work.erasures.save(own.decided(clinic.id, by=by, reason="processo", until=until, now=NOW))
    async with world.transactions.read(person_id=person.id) as reading:
        whole = await reading.erasures.get(erasure.id)
    assert whole is not None
    assert {each.clinic_id: (each.decision, each.due_at, each.reason) for each in whole.records} == {
        clinic.id: (Decision.KEEP, until, "processo"),
        there.clinic_id: (Decision.PENDING, NOW + WAITING, None),
    }


async def test_what_is_due_is_found_and_what_a_clinic_keeps_when_its_day_comes(world: World) -> None:
    clinic, person, record = await world.planted()
    erasure = await world.asked(record)
    mine = (erasure.id, person.id)
    late = NOW + WAITING + timedelta(days=30)
    assert mine not in await world.erasures.due(NOW, 1000)
    assert mine in await world.erasures.due(NOW + WAITING, 1000)
    async with world.transactions.write(person_id=person.id) as work:
        kept = erasure.decided(clinic.id, by=new_id(), reason="processo", until=late, now=NOW)
        done = kept.carried_out(NOW + WAITING)
        assert (done.state, done.records[0].done_at) == (ErasureState.DONE, None)
        await work.erasures.save(done)
    assert mine not in await world.erasures.due(NOW + WAITING, 1000)
    assert mine in await world.erasures.due(late, 1000)
    async with world.transactions.write(person_id=person.id) as work:
        await work.erasures.save(done.carried_out(late))
    assert mine not in await world.erasures.due(late, 1000)


async def test_a_receipt_is_found_by_its_hash_alone(world: World) -> None:
    _, person, record = await world.planted()
    erasure = await world.asked(record, receipt=_HASH + record.id.bytes)
    assert await world.erasures.of_receipt(_HASH + record.id.bytes) == (erasure.id, person.id)
    assert await world.erasures.of_receipt(_HASH) is None


async def test_erasing_the_sign_in_leaves_no_way_in_and_takes_nobody_elses(world: World) -> None:
    clinic, person, _ = await world.planted()
    other = await world.a_person(clinic)
    mine, theirs = (Login(LoginKind.EMAIL, f"{each.id}@example.com") for each in (person, other))
    for account, login in ((person, mine), (other, theirs)):
        async with world.transactions.write(person_id=account.id) as work:
            await work.accounts.claim_login(login, account.id)
            await work.credentials.save(Credentials(account.id, "hash", totp_secret="JBSWY3DPEHPK3PXP"))
            await work.recovery_codes.replace(account.id, [account.id.bytes])
            await work.sessions.start(Session(new_id(), account.id, None, NOW, NOW), account.id.bytes)
            await work.devices.seen(account.id, b"mark", NOW)
    async with world.transactions.write(person_id=person.id) as work:
        await work.eraser.sign_in(person.id)
        await work.eraser.sign_in(other.id)  # out of scope: nothing of it goes
    assert await world.directory.person_of_login(mine) is None
    assert await world.directory.person_of_login(theirs) == other.id
    async with world.transactions.read(person_id=person.id) as reading:
        assert await reading.credentials.get(person.id) == Credentials(person.id)
        assert not await reading.devices.knows(person.id, b"mark")
    async with world.transactions.read(person_id=other.id) as reading:
        kept = await reading.credentials.get(other.id)
        assert (kept.password_hash, kept.recovery_codes_left) == ("hash", 1) if kept else False
        assert await reading.devices.knows(other.id, b"mark")


async def test_erasing_an_identity_needs_the_clinics_scope_and_leaves_nothing_to_find_it_by(
    world: World,
) -> None:
    clinic, person, record = await world.planted()
    with pytest.raises(
        (OutOfScope, InsufficientPrivilegeError)
    ):  # the person's scope alone changes no record
        async with world.transactions.write(person_id=person.id) as work:
            await work.eraser.identity(record.id, NOW)
    async with world.transactions.write(person_id=person.id) as work:
        assert await work.patients.get(record.id) == record
        await work.act_in(clinic.id)
        await work.eraser.identity(record.id, NOW)
        await work.eraser.identity(record.id, NOW)
    async with world.transactions.read(clinic_id=clinic.id) as reading:
        erased = await reading.patients.get(record.id)
        assert erased == replace(
            record,
            version=2,
            name=ANONYMISED_NAME,
            social_name=None,
            mother_name=None,
            birth_date=date(1988, 1, 1),
            cpf=None,
            cns=None,
            email=None,
            phone=None,
            erased=True,
        )
        assert await reading.patients.id_with_cpf(clinic.id, CPF_ANA) is None
        assert await reading.patients.alike(clinic.id, ANONYMISED_NAME, date(1988, 1, 1)) == []


async def test_erasing_an_account_keeps_what_it_is_given_and_no_more(world: World) -> None:
    _, person, _ = await world.planted()
    gone = replace(person.emptied(), name=ANONYMISED_NAME, birth_date=None)
    async with world.transactions.write(person_id=person.id) as work:
        await work.accounts.save(gone)
    async with world.transactions.read(person_id=person.id) as reading:
        assert await reading.accounts.get(person.id) == gone


async def test_what_was_given_and_held_ends_and_a_guardians_name_goes(world: World) -> None:
    clinic, person, _ = await world.planted()
    other = await world.a_person(clinic)
    await world.a_record(clinic, other)
    given = a_proxy(person, other, label="Meu irmão")
    held = a_proxy(other, person, kind=ProxyKind.GUARDIAN, label="Ana Lima", proof="birth_certificate")
    for proxy in (given, held):
        async with world.transactions.write(person_id=proxy.person_id) as work:
            await work.proxies.add(proxy)
    async with world.transactions.write(person_id=person.id) as work:
        await work.eraser.proxies(person.id, NOW)
    async with world.transactions.read(person_id=person.id) as reading:
        mine, theirs = await reading.proxies.get(given.id), await reading.proxies.get(held.id)
    ended: dict[str, Any] = {"version": 2, "ended_at": NOW, "label": ANONYMISED_NAME}
    assert mine == replace(given, person_name=ANONYMISED_NAME, **ended)
    assert theirs == replace(held, **ended), "the child's own name stays"


def a_proxy(giver: Account, reader: Account, **changes: Any) -> Proxy:
    proxy = Proxy(
        id=new_id(),
        version=1,
        kind=ProxyKind.GRANTED,
        person_id=giver.id,
        person_name=giver.name,
        reader_id=reader.id,
        label="Alguém",
        scope="values",
        starts_at=NOW,
        until=NOW + timedelta(days=30),
        made_by=giver.id,
    )
    return replace(proxy, **changes)


async def test_a_correction_is_kept_for_both_and_its_facts_go_with_the_records_key(world: World) -> None:
    clinic, person, record = await world.planted()
    facts = CorrectionFacts(previous="Ana Lima", proposed="Ana Lívia Lima", reason="erro")
    asked = Correction(
        id=new_id(), patient_id=record.id, clinic_id=clinic.id, person_id=person.id, field=CorrectionField.NAME,
        facts=facts, proposed_at=NOW,
    )  # fmt: skip
    async with world.transactions.write(person_id=person.id) as work:
        await work.corrections.add(asked)
    with pytest.raises(LaudoError) as refused:
        async with world.transactions.write(person_id=person.id) as work:
            await work.corrections.add(replace(asked, id=new_id()))
    assert refused.value.kind.code == "accounts.correction_open"
    decided = asked.decided(accept=False, answer="não confere", by=new_id(), now=NOW)
    async with world.transactions.write(clinic_id=clinic.id) as work:
        assert await work.corrections.open_ones(clinic.id, after=None, limit=5) == [asked]
        await work.corrections.save(decided)
        assert await work.corrections.get(asked.id) == decided
        assert await work.corrections.open_ones(clinic.id, after=None, limit=5) == []
    stranger = await world.a_clinic()
    async with world.transactions.write(clinic_id=stranger.id) as work:
        assert await work.corrections.get(asked.id) is None
    async with world.transactions.write(person_id=person.id) as work:
        await work.act_in(clinic.id)
        await work.eraser.identity(record.id, NOW)
    async with world.transactions.read(person_id=person.id) as reading:
        assert await reading.corrections.of_person(person.id) == [replace(decided, facts=None)]


async def test_a_records_demographics_are_saved_and_searched_as_they_are_now(world: World) -> None:
    clinic, person, record = await world.planted()
    changed = replace(
        record, version=2, name="Zuleica Lima", social_name=None, birth_date=date(1990, 1, 2), sex=Sex.OTHER
    )
    async with world.transactions.write(clinic_id=clinic.id, person_id=person.id) as work:
        await work.patients.save(changed)
    async with world.transactions.read(clinic_id=clinic.id) as reading:
        assert await reading.patients.get(record.id) == changed
        assert await reading.patients.search(clinic.id, PatientSearch(name="zuleica")) == [changed]
        assert await reading.patients.search(clinic.id, PatientSearch(name="flor")) == []
