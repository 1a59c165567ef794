# ruff: noqa: F811 - fixtures are imported by name
"""Who is let in, and how far: the same cases for the in-memory and the PostgreSQL adapters."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from services.exam_results.application.caller import Caller
from services.exam_results.application.commands.open_result import OpenResult
from services.exam_results.application.commands.share_exams import Share
from services.exam_results.application.ports import ExamWork, RecordedRelation
from services.exam_results.application.queries.list_exams import ListQuestion
from services.exam_results.domain import errors
from services.exam_results.domain.exam import EMBARGO
from services.shared.kernel.errors import FORBIDDEN, NOT_FOUND, ErrorKind, LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from services.shared.kernel.relations import Kind, Relation, Sees
from tests.contract.test_exam_results_ports import (  # noqa: F401 - the fixtures
    Subject,
    clinic,
    contract_urls,
    subject,
    urls,
)
from tests.unit.exam_results.samples import Clinic, stepped_up

REASON = "Paciente inconsciente na sala vermelha, sem acompanhante."


def patient(person_id: UUID) -> Caller:
    return Caller(Principal(person_id, frozenset({Role.PATIENT})), "203.0.113.5", "trace")


async def add_doctor(subject: Subject, clinic: Clinic, number: str) -> Caller:
    """A verified doctor of that clinic who ordered nothing."""
    account_id = new_id()
    professional = clinic.professional(account_id, "Dr. Outro Demonstração", Role.DOCTOR, number=number)
    async with subject.transactions.change(clinic.technician.principal, new_id()) as work:
        await work.people.put_professional(professional, 1)
    return Caller(Principal(account_id, frozenset({Role.DOCTOR}), clinic.id), "203.0.113.6", "trace")


async def put(subject: Subject, clinic: Clinic, kind: Kind, reader: Caller, **changes: Any) -> None:
    known: dict[str, Any] = {
        "id": new_id(),
        "kind": kind,
        "clinic_id": clinic.id,
        "person_id": clinic.person_id,
        "reader_id": reader.id,
        "starts_at": subject.job.clock.now(),
        "until": None if kind is Kind.GUARDIAN else subject.job.clock.now() + timedelta(days=300),
    }
    relation = Relation(**{**known, **changes})
    async with subject.transactions.change(clinic.technician.principal, new_id()) as work:
        assert await work.relations.put(RecordedRelation(relation=relation, made_by=clinic.person_id))


async def share(subject: Subject, caller: Caller, **what: Any) -> RecordedRelation:
    now = subject.job.clock.now()
    asked = Share(**{"council": "CRM", "uf": "SP", "until": now + timedelta(days=30), **what})
    made: list[RecordedRelation] = []

    async def run(work: ExamWork) -> dict[str, Any]:
        made.append(await subject.job.desk.share.run(work, caller, asked))
        return {}

    await subject.transactions.change_once(
        caller.principal, key=str(new_id()), route="t", request=b"", run=run
    )
    return made[0]


async def take_emergency(subject: Subject, caller: Caller, patient_id: UUID, reason: str = REASON) -> None:
    async def run(work: ExamWork) -> dict[str, Any]:
        await subject.job.desk.open_emergency.run(work, caller, patient_id, reason)
        return {}

    await subject.transactions.change_once(
        caller.principal, key=str(new_id()), route="t", request=b"", run=run
    )


async def read(subject: Subject, caller: Caller, exam_id: UUID, **how: Any) -> dict[str, Any]:
    async with subject.transactions.read(caller.principal) as reads:
        answer = await subject.job.desk.read.run(reads, caller, exam_id, **how)
    sent: dict[str, Any] = orjson.loads(answer)
    return sent


async def found(subject: Subject, caller: Caller, **question: Any) -> list[str]:
    async with subject.transactions.read(caller.principal) as reads:
        page = await subject.job.desk.list.run(reads, caller, ListQuestion(**question))
    return sorted(orjson.loads(item)["id"] for item in page.items)


async def refused(awaitable: Any) -> ErrorKind:
    with pytest.raises(LaudoError) as error:
        await awaitable
    return error.value.kind


async def opened_sensitive(subject: Subject, clinic: Clinic) -> UUID:
    exam_id = (await subject.job.opened(clinic, "HIV", {"HIV": "NR"})).facts.id
    subject.job.clock.advance(EMBARGO)
    async with subject.transactions.change(clinic.technician.principal, exam_id) as work:
        await OpenResult(subject.job.clock).run(work, exam_id)
    return exam_id


async def test_an_emergency_access_opens_one_patient_of_the_own_clinic_for_an_hour(
    subject: Subject, clinic: Clinic
) -> None:
    exam_id = (await subject.job.opened(clinic)).facts.id
    other = await subject.add_clinic(Clinic())
    doctor = await add_doctor(subject, clinic, "11111")
    assert await refused(read(subject, doctor, exam_id)) is NOT_FOUND
    assert await refused(read(subject, doctor, exam_id, emergency=True)) is NOT_FOUND
    await take_emergency(subject, stepped_up(doctor, subject.job.clock), clinic.patient_id)
    seen = await read(subject, doctor, exam_id, emergency=True)
    assert (len(seen["results"]), seen["actions"]) == (17, [])
    assert await found(subject, doctor, patient_id=clinic.patient_id, emergency=True) == [str(exam_id)]
    assert await refused(read(subject, doctor, exam_id)) is NOT_FOUND  # never by the way
    elsewhere = replace(doctor, principal=replace(doctor.principal, clinic_id=other.id))
    assert await refused(read(subject, elsewhere, exam_id, emergency=True)) is NOT_FOUND
    subject.job.clock.advance(timedelta(minutes=60))
    assert await refused(read(subject, doctor, exam_id, emergency=True)) is NOT_FOUND
    assert await found(subject, doctor, patient_id=clinic.patient_id, emergency=True) == []


async def test_an_emergency_needs_a_reason_a_second_factor_and_a_verified_doctor(
    subject: Subject, clinic: Clinic
) -> None:
    doctor = await add_doctor(subject, clinic, "11112")
    fresh = stepped_up(doctor, subject.job.clock)
    assert (
        await refused(take_emergency(subject, fresh, clinic.patient_id, "urgente")) is errors.EMERGENCY_REASON
    )
    assert await refused(take_emergency(subject, doctor, clinic.patient_id)) is errors.EMERGENCY_STEP_UP
    assert await refused(take_emergency(subject, fresh, new_id())) is errors.PATIENT_NOT_KNOWN
    other = await subject.add_clinic(Clinic())
    assert await refused(take_emergency(subject, fresh, other.patient_id)) is errors.PATIENT_NOT_KNOWN
    stranger = replace(fresh, principal=replace(fresh.principal, account_id=new_id()))
    assert await refused(take_emergency(subject, stranger, clinic.patient_id)) is errors.NOT_VERIFIED
    technician = stepped_up(clinic.technician, subject.job.clock)
    assert await refused(take_emergency(subject, technician, clinic.patient_id)) is FORBIDDEN


async def test_patient_and_auditor_see_the_emergency_with_its_reason(
    subject: Subject, clinic: Clinic
) -> None:
    doctor = stepped_up(await add_doctor(subject, clinic, "11113"), subject.job.clock)
    await take_emergency(subject, doctor, clinic.patient_id)
    subject.job.clock.advance(timedelta(minutes=1))
    await take_emergency(subject, doctor, clinic.patient_id, REASON + " De novo.")
    other = await subject.add_clinic(Clinic())
    async with subject.transactions.read(clinic.patient.principal) as reads:
        own = await subject.job.desk.list_own_relations.run(reads, clinic.patient)
    assert [each["reason"] for each in own] == [REASON + " De novo.", REASON]
    assert own[0]["reader"] == {"id": doctor.id, "name": "Dr. Outro Demonstração"}
    auditor = Caller(Principal(new_id(), frozenset({Role.AUDITOR}), clinic.id))
    async with subject.transactions.read(auditor.principal) as reads:
        first, key = await subject.job.desk.list_emergencies.run(reads, auditor, None, 1)
        second, last = await subject.job.desk.list_emergencies.run(reads, auditor, key, 1)
    assert [each["reason"] for each in (*first, *second)] == [REASON + " De novo.", REASON]
    assert last is None
    assert first[0]["patient"]["record_number"] == "000123"
    stranger = Caller(Principal(new_id(), frozenset({Role.AUDITOR}), other.id))
    async with subject.transactions.read(stranger.principal) as reads:
        assert await subject.job.desk.list_emergencies.run(reads, stranger, None, 9) == ([], None)


async def test_a_patient_shares_one_exam_with_a_doctor_of_another_clinic_and_takes_it_back(
    subject: Subject, clinic: Clinic
) -> None:
    shared = (await subject.job.opened(clinic)).facts.id
    kept = (await subject.job.opened(clinic)).facts.id
    other = await subject.add_clinic(Clinic())
    doctor = await add_doctor(subject, other, "22221")
    made = await share(subject, clinic.patient, exam_id=shared, number="22221")
    how = {"person_id": clinic.person_id}
    seen = await read(subject, doctor, shared, **how)
    assert (len(seen["results"]), seen["actions"], seen["clinical_note"]) == (17, [], None)
    assert seen["patient"]["name"] == "Maria José da Conceição Demonstração"
    assert await refused(read(subject, doctor, kept, **how)) is NOT_FOUND
    assert await found(subject, doctor, **how) == [str(shared)]
    async with subject.transactions.read(doctor.principal) as reads:
        (mine,) = await subject.job.desk.list_shared.run(reads, doctor)
    assert (mine["patient"]["name"], mine["exam"]["id"]) == ("Maria José da Conceição Demonstração", shared)
    async with subject.transactions.change(clinic.patient.principal, made.relation.id) as work:
        await subject.job.desk.end_share.run(work, clinic.patient, made.relation.id)
    assert await refused(read(subject, doctor, shared, **how)) is NOT_FOUND
    assert await refused(found(subject, doctor, **how)) is NOT_FOUND
    async with subject.transactions.read(doctor.principal) as reads:
        assert await subject.job.desk.list_shared.run(reads, doctor) == []


async def test_all_of_a_clinic_leaves_the_sensitive_classes_out_and_a_named_one_is_in(
    subject: Subject, clinic: Clinic
) -> None:
    plain = (await subject.job.opened(clinic)).facts.id
    sensitive = await opened_sensitive(subject, clinic)
    doctor = stepped_up(await add_doctor(subject, clinic, "22222"), subject.job.clock)
    how = {"person_id": clinic.person_id}
    await share(subject, clinic.patient, clinic_id=clinic.id, number="22222")
    assert await found(subject, doctor, **how) == [str(plain)]
    assert await refused(read(subject, doctor, sensitive, **how)) is NOT_FOUND
    await share(subject, clinic.patient, exam_id=sensitive, number="22222")
    assert len((await read(subject, doctor, sensitive, **how))["results"]) == 1
    later = replace(doctor, principal=replace(doctor.principal, step_up_at=None))
    seen = await read(subject, later, sensitive, **how)
    assert (seen["results"], seen["step_up_needed"]) == ([], True)


async def test_a_share_ends_on_its_day_and_only_own_exams_can_be_shared(
    subject: Subject, clinic: Clinic
) -> None:
    exam_id = (await subject.job.opened(clinic)).facts.id
    other = await subject.add_clinic(Clinic())
    doctor = await add_doctor(subject, clinic, "22223")
    what = {"exam_id": exam_id, "number": "22223"}
    now = subject.job.clock.now()
    assert await refused(share(subject, other.patient, **what)) is NOT_FOUND
    assert await refused(share(subject, doctor, **what)) is NOT_FOUND
    assert await refused(share(subject, clinic.receptionist, **what)) is FORBIDDEN
    assert await refused(share(subject, clinic.patient, **what, clinic_id=clinic.id)) is errors.SHARE_WHAT
    assert (
        await refused(share(subject, clinic.patient, exam_id=exam_id, number="99999"))
        is errors.DOCTOR_NOT_FOUND
    )
    for until in (now, now + timedelta(days=400)):
        assert await refused(share(subject, clinic.patient, **what, until=until)) is errors.SHARE_END
    assert await refused(share(subject, clinic.doctor, clinic_id=clinic.id, number="22223")) is FORBIDDEN
    await share(subject, clinic.doctor, **what)
    assert await found(subject, doctor, person_id=clinic.person_id) == [str(exam_id)]
    subject.job.clock.advance(timedelta(days=30))
    assert await refused(read(subject, doctor, exam_id, person_id=clinic.person_id)) is NOT_FOUND


@pytest.mark.parametrize(
    ("birth_date", "seen"),
    [
        (date(2014, 11, 28), ["plain", "sensitive"]),  # twelve tomorrow
        (date(2014, 11, 27), ["plain"]),  # twelve today
        (date(2008, 11, 28), ["plain"]),  # eighteen tomorrow
        (date(2008, 11, 27), []),  # eighteen today
    ],
)
async def test_a_guardian_sees_by_the_childs_age_on_the_clinics_calendar(
    subject: Subject, clinic: Clinic, birth_date: date, seen: Sequence[str]
) -> None:
    exams = {
        str((await subject.job.opened(clinic)).facts.id): "plain",
        str(await opened_sensitive(subject, clinic)): "sensitive",
    }
    guardian = stepped_up(patient(new_id()), subject.job.clock)
    async with subject.transactions.change(clinic.technician.principal, new_id()) as work:
        await work.people.put_patient(clinic.patient_record(birth_date=birth_date), 2)
    await put(subject, clinic, Kind.GUARDIAN, guardian)
    assert subject.job.clock.now().date() == date(2026, 11, 27)
    listed = await found(subject, guardian, person_id=clinic.person_id)
    assert sorted(exams[exam_id] for exam_id in listed) == seen
    for exam_id, name in exams.items():
        if name in seen:
            shown = await read(subject, guardian, UUID(exam_id), person_id=clinic.person_id)
            assert shown["results"]
            assert shown["actions"] == []
        else:
            how = {"person_id": clinic.person_id}
            assert await refused(read(subject, guardian, UUID(exam_id), **how)) is NOT_FOUND


async def test_eighteen_is_reached_at_midnight_of_the_clinic_not_of_greenwich(
    subject: Subject, clinic: Clinic
) -> None:
    exam_id = (await subject.job.opened(clinic)).facts.id
    guardian = patient(new_id())
    async with subject.transactions.change(clinic.technician.principal, new_id()) as work:
        await work.people.put_patient(clinic.patient_record(birth_date=date(2008, 11, 21)), 2)
    await put(subject, clinic, Kind.GUARDIAN, guardian)
    how = {"person_id": clinic.person_id}
    subject.job.clock.at = datetime.fromisoformat("2026-11-20T23:59:59-03:00")
    assert await read(subject, guardian, exam_id, **how)
    subject.job.clock.at = datetime.fromisoformat("2026-11-21T00:00:00-03:00")
    assert await refused(read(subject, guardian, exam_id, **how)) is NOT_FOUND


async def test_a_grant_reaches_as_far_as_the_patient_said_and_never_to_sensitive_classes(
    subject: Subject, clinic: Clinic
) -> None:
    plain = (await subject.job.opened(clinic)).facts.id
    sensitive = await opened_sensitive(subject, clinic)
    how = {"person_id": clinic.person_id}
    for sees, values in ((Sees.LIST, 0), (Sees.VALUES, 17), (Sees.DOWNLOAD, 17)):
        proxy = stepped_up(patient(new_id()), subject.job.clock)
        await put(subject, clinic, Kind.GRANTED, proxy, sees=sees)
        assert await found(subject, proxy, **how) == [str(plain)]
        shown = await read(subject, proxy, plain, **how)
        assert (len(shown["results"]), shown["actions"]) == (values, [])
        assert await refused(read(subject, proxy, sensitive, **how)) is NOT_FOUND
        async with subject.transactions.read(proxy.principal) as reads:
            check = subject.job.desk.check_access.run(reads, proxy, plain, clinic.person_id)
            if sees is Sees.DOWNLOAD:
                assert await check == {"purpose": "proxy", "step_up_needed": False}
            else:
                assert await refused(check) is NOT_FOUND


async def test_of_a_relation_decided_elsewhere_the_newest_word_counts(
    subject: Subject, clinic: Clinic
) -> None:
    exam_id = (await subject.job.opened(clinic)).facts.id
    proxy, now = patient(new_id()), subject.job.clock.now()
    granted = Relation(
        id=new_id(),
        kind=Kind.GRANTED,
        clinic_id=clinic.id,
        person_id=clinic.person_id,
        reader_id=proxy.id,
        starts_at=now,
        until=now + timedelta(days=9),
    )
    made_by = clinic.person_id
    async with subject.transactions.change(clinic.technician.principal, new_id()) as work:
        ended = RecordedRelation(relation=replace(granted, ended_at=now), made_by=made_by, version=2)
        assert await work.relations.put(ended)
        assert not await work.relations.put(ended)
        assert not await work.relations.put(RecordedRelation(relation=granted, made_by=made_by, version=1))
    assert await refused(read(subject, proxy, exam_id, person_id=clinic.person_id)) is NOT_FOUND


async def test_nobody_changes_anything_by_a_relation(subject: Subject, clinic: Clinic) -> None:
    exam_id = (await subject.job.register(clinic)).facts.id
    doctor = await add_doctor(subject, clinic, "33331")
    await take_emergency(subject, stepped_up(doctor, subject.job.clock), clinic.patient_id)
    await share(subject, clinic.patient, exam_id=exam_id, number="33331")
    proxy = patient(new_id())
    await put(subject, clinic, Kind.GRANTED, proxy)
    for caller in (doctor, proxy):
        with pytest.raises(LaudoError) as error:
            async with subject.transactions.change(caller.principal, exam_id) as work:
                await subject.job.desk.cancel.run(work, caller, exam_id, "engano")
        assert error.value.kind is NOT_FOUND
