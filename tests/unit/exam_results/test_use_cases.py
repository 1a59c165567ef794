"""The job in memory: what each command does, refuses and leaves behind."""

import json
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest

from services.exam_results.application.caller import Caller
from services.exam_results.application.commands.open_result import OpenResult
from services.exam_results.application.commands.record_report_file import RecordReportFile, WaitsFor
from services.exam_results.application.commands.register_exam import ExamOrder
from services.exam_results.domain import errors
from services.exam_results.domain.exam import EMBARGO
from services.exam_results.domain.lifecycle import State
from services.exam_results.domain.people import Sex
from services.exam_results.domain.report import Stage
from services.exam_results.infrastructure.in_memory.memory import Memory
from services.exam_results.infrastructure.in_memory.work import InMemoryExamWork
from services.shared.kernel.clock import FixedClock
from services.shared.kernel.errors import FORBIDDEN, NOT_FOUND, ErrorKind, LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from tests.unit.exam_results.samples import (
    BLOOD_COUNT,
    NOW,
    Clinic,
    Job,
    put_people,
    signed_file,
    stepped_up,
    typed,
)


async def refused(awaitable: Any) -> ErrorKind:
    with pytest.raises(LaudoError) as error:
        await awaitable
    return error.value.kind


async def order(job: Job, caller: Caller, what: ExamOrder) -> ErrorKind:
    async def attempt() -> None:
        async with job.transactions.change(caller.principal, new_id()) as work:
            await job.desk.register.run(work, caller, what)

    return await refused(attempt())


async def test_the_whole_job_leaves_two_snapshots_and_the_published_facts(
    job: Job, clinic: Clinic, memory: Memory
) -> None:
    exam = await job.opened(clinic)
    assert exam.state is State.RELEASED
    stages = [(snapshot.stage, snapshot.report_version) for snapshot, *_ in memory.reports]
    assert stages == [(Stage.DRAFT, 1), (Stage.FINAL, 1)]
    assert [type(each.event).__name__ for each in memory.announced] == [
        "ExamRegistered", "SpecimenCollected", "AnalysisStarted", "ResultsEntered", "ExamCompleted",
        "ExamReleased", "ReportSigned", "ResultMadeAvailable",
    ]  # fmt: skip


async def test_the_final_snapshot_states_everything_and_its_hash_is_of_its_bytes(
    job: Job, clinic: Clinic, memory: Memory
) -> None:
    await job.released(clinic)
    snapshot = memory.reports[-1][0]
    body = json.loads(snapshot.body)
    assert snapshot.sha256 == sha256(snapshot.body.encode()).hexdigest()
    assert snapshot.body == json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert (body["stage"], body["status"], body["report_version"]) == ("final", "final", 1)
    assert body["releaser"]["name"] == "Dr. Caio Demonstração"
    assert body["clinic"]["cnes"] == "0000001"
    assert body["patient"]["birth_date"] == "1988-05-17"
    assert len(body["results"]) == 17
    haemoglobin = body["results"][1]
    assert (haemoglobin["value"], haemoglobin["value_display_pt"], haemoglobin["flag"]) == (
        "13.50",
        "13,50",
        "N",
    )
    assert haemoglobin["range"] == {"lo": "12.0", "hi": "16.0", "lt": None, "gt": None}
    draft = json.loads(memory.reports[0][0].body)
    assert (draft["stage"], draft["status"], draft["releaser"]) == ("draft", "preliminary", None)
    assert draft["results"] == body["results"]


async def test_every_command_leaves_one_audit_row_with_actor_patient_and_exam(
    job: Job, clinic: Clinic, memory: Memory
) -> None:
    exam = await job.released(clinic)
    assert [entry.action for entry in memory.audit] == [
        "exam.register", "exam.collect", "exam.start_analysis", "exam.enter_results", "exam.complete",
        "exam.release",
    ]  # fmt: skip
    for entry in memory.audit:
        assert entry.patient_id == clinic.patient_id
        assert entry.resource == f"exam/{exam.facts.id}"
        assert entry.clinic_id == clinic.id
        assert (entry.address, entry.trace_id) == ("203.0.113.7", "trace")


async def test_a_refused_command_leaves_nothing(job: Job, clinic: Clinic, memory: Memory) -> None:
    exam = await job.register(clinic)
    before = len(memory.audit), len(memory.announced)
    assert await refused(job.start(clinic, exam.facts.id)) is errors.WRONG_STATE
    assert (len(memory.audit), len(memory.announced)) == before


async def test_registration_refuses_what_is_not_known_yet(job: Job, clinic: Clinic) -> None:
    doctor = clinic.doctor
    assert await order(job, doctor, ExamOrder(new_id(), "HEMO")) is errors.PATIENT_NOT_KNOWN
    assert await order(job, doctor, ExamOrder(clinic.patient_id, "XXXX")) is errors.UNKNOWN_CODE
    stranger = Caller(replace(doctor.principal, account_id=new_id()))
    assert await order(job, stranger, ExamOrder(clinic.patient_id, "HEMO")) is errors.REQUESTER_NOT_KNOWN
    past = ExamOrder(clinic.patient_id, "HEMO", scheduled_at=NOW)
    assert await order(job, doctor, past) is errors.SCHEDULE_IN_PAST


async def test_a_receptionist_names_the_requester_and_nobody_else_orders(job: Job, clinic: Clinic) -> None:
    plain = ExamOrder(clinic.patient_id, "HEMO")
    assert await order(job, clinic.receptionist, plain) is errors.REQUESTER_REQUIRED
    assert await order(job, clinic.technician, plain) is FORBIDDEN
    async with job.transactions.change(clinic.receptionist.principal, new_id()) as work:
        exam = await job.desk.register.run(
            work, clinic.receptionist, replace(plain, requester_id=clinic.doctor_id)
        )
    assert exam.facts.requester_id == clinic.doctor_id


async def test_a_doctor_orders_in_the_own_name_whatever_is_asked(job: Job, clinic: Clinic) -> None:
    exam = await job.register(clinic, requester_id=clinic.releaser_id)
    assert exam.facts.requester_id == clinic.doctor_id


async def test_an_appointment_makes_the_exam_scheduled(job: Job, clinic: Clinic) -> None:
    exam = await job.register(clinic, scheduled_at=NOW + timedelta(days=1))
    assert exam.state is State.SCHEDULED


async def test_a_calculated_exam_is_refused_for_whom_the_equation_does_not_hold(
    job: Job, clinic: Clinic, memory: Memory
) -> None:
    for changes in ({"birth_date": date(2015, 1, 1)}, {"sex": Sex.UNKNOWN}):
        memory.patients[clinic.patient_id] = (clinic.patient_record(**changes), 2)
        assert await order(job, clinic.doctor, ExamOrder(clinic.patient_id, "TFG")) is errors.NOT_FOR_PATIENT


async def test_a_calculated_exam_completes_with_its_source_alone(job: Job, clinic: Clinic) -> None:
    exam = await job.completed(clinic, "TFG", {"CREA": "1,20"})
    assert [(result.code, result.value) for result in exam.facts.results] == [
        ("CREA", "1.20"),
        ("TFG", "59"),
    ]


async def test_a_closed_account_does_nothing_more(job: Job, clinic: Clinic, memory: Memory) -> None:
    exam = await job.register(clinic)
    memory.closed[clinic.technician_id] = 2
    assert await refused(job.collect(clinic, exam.facts.id)) is errors.ACCESS_CLOSED
    assert await refused(job.read(clinic.technician, exam.facts.id)) is NOT_FOUND
    memory.closed[clinic.doctor_id] = 2
    assert await order(job, clinic.doctor, ExamOrder(clinic.patient_id, "HEMO")) is errors.ACCESS_CLOSED


async def test_a_barcode_serves_several_exams_of_one_patient_and_no_other_patient(
    job: Job, clinic: Clinic, memory: Memory
) -> None:
    first, second = await job.register(clinic), await job.register(clinic, "NA")
    await job.collect(clinic, first.facts.id, "TUBO-1")
    await job.collect(clinic, second.facts.id, "TUBO-1")
    neighbour = replace(clinic, patient_id=new_id(), person_id=new_id())
    await put_people(InMemoryExamWork(memory), neighbour)
    third = await job.register(neighbour)
    assert await refused(job.collect(neighbour, third.facts.id, "TUBO-1")) is errors.BARCODE_IN_USE


async def test_nothing_is_collected_before_the_patients_birth(
    job: Job, clinic: Clinic, memory: Memory
) -> None:
    memory.patients[clinic.patient_id] = (clinic.patient_record(birth_date=date(2026, 11, 21)), 2)
    exam = await job.register(clinic)
    assert await refused(job.collect(clinic, exam.facts.id)) is errors.COLLECTED_AT_INVALID


async def test_the_age_is_that_of_the_clinics_calendar_day(job: Job, clinic: Clinic, memory: Memory) -> None:
    """At 01:00 UTC it is still the day before in São Paulo: the patient is 17 and has the range of 17."""
    memory.patients[clinic.patient_id] = (
        clinic.patient_record(sex=Sex.MALE, birth_date=date(2008, 11, 21)),
        2,
    )
    job.clock.advance(timedelta(hours=13))
    exam = await job.completed(clinic, "HEMO")
    haemoglobin = next(result for result in exam.facts.results if result.code == "HGB")
    assert haemoglobin.range_pt == "13,0 a 16,0"


async def test_values_need_the_present_version(job: Job, clinic: Clinic) -> None:
    exam = await job.register(clinic)
    await job.collect(clinic, exam.facts.id)
    await job.start(clinic, exam.facts.id)
    assert await refused(job.enter(clinic, exam.facts.id, 2, typed(BLOOD_COUNT))) is errors.VERSION_CONFLICT


async def test_values_may_come_in_parts_and_the_last_set_counts(job: Job, clinic: Clinic) -> None:
    exam = await job.register(clinic)
    await job.collect(clinic, exam.facts.id)
    await job.start(clinic, exam.facts.id)
    exam = await job.enter(clinic, exam.facts.id, 3, typed({"HGB": "13,5"}))
    assert await refused(job.complete(clinic, exam.facts.id, 4)) is errors.VALUES_MISSING
    exam = await job.enter(clinic, exam.facts.id, 4, typed(BLOOD_COUNT))
    assert len(exam.facts.results) == 17


async def test_release_needs_a_fresh_second_factor(job: Job, clinic: Clinic) -> None:
    exam = await job.completed(clinic)
    job.clock.advance(timedelta(minutes=6))
    assert await refused(job.release(clinic, exam.facts.id, exam.version)) is errors.STEP_UP_REQUIRED


async def test_release_needs_a_verified_registration(job: Job, clinic: Clinic, memory: Memory) -> None:
    exam = await job.completed(clinic)
    del memory.professionals[clinic.releaser_id]
    assert await refused(job.release(clinic, exam.facts.id, 5)) is errors.RELEASER_NOT_KNOWN
    unverified = clinic.professional(clinic.releaser_id, "X", Role.RELEASER, verified=False)
    memory.professionals[clinic.releaser_id] = (unverified, 1)
    assert await refused(job.release(clinic, exam.facts.id, 5)) is errors.RELEASER_NOT_VERIFIED


async def test_who_does_not_work_here_any_more_releases_nothing_and_is_asked_for_nothing(
    job: Job, clinic: Clinic, memory: Memory
) -> None:
    """accounts tells that access ended by a registration without roles; a token of minutes ago may still be about."""
    exam = await job.completed(clinic)
    gone = replace(memory.professionals[clinic.releaser_id][0], roles=frozenset())
    memory.professionals[clinic.releaser_id] = (gone, 9)
    assert await refused(job.release(clinic, exam.facts.id, 5)) is errors.RELEASER_NOT_KNOWN
    doctor = memory.professionals[clinic.doctor_id][0]
    memory.professionals[clinic.doctor_id] = (replace(doctor, roles=frozenset()), 9)
    assert await refused(job.register(clinic)) is errors.REQUESTER_NOT_KNOWN


async def test_what_is_released_is_what_the_draft_showed(job: Job, clinic: Clinic, memory: Memory) -> None:
    """The patient's sex was corrected after the draft: other ranges would apply, so the draft is out of date."""
    exam = await job.completed(clinic)
    memory.patients[clinic.patient_id] = (clinic.patient_record(sex=Sex.MALE), 2)
    assert await refused(job.release(clinic, exam.facts.id, exam.version)) is errors.DRAFT_OUTDATED
    await job.send_back(clinic, exam.facts.id)
    exam = await job.complete(clinic, exam.facts.id, 6)
    released = await job.release(clinic, exam.facts.id, exam.version)
    haemoglobin = next(result for result in released.facts.results if result.code == "HGB")
    assert haemoglobin.range_pt == "13,0 a 17,5"


async def test_a_sensitive_result_waits_for_its_embargo(
    job: Job, clinic: Clinic, memory: Memory, clock: FixedClock
) -> None:
    exam = await job.opened(clinic, "HIV", {"HIV": "NR"})
    exam_id = exam.facts.id
    seen = await job.read(clinic.patient, exam_id)
    assert (seen["results"], seen["report"]["opened"], seen["report"]["file_id"]) == ([], False, None)
    doctor = stepped_up(clinic.doctor, clock)  # whom the embargo does not bind
    assert len((await job.read(doctor, exam_id))["results"]) == 1
    clock.advance(EMBARGO)
    await OpenResult(clock).run(InMemoryExamWork(memory), exam_id)
    assert len((await job.read(stepped_up(clinic.patient, clock), exam_id))["results"]) == 1


async def test_values_of_a_sensitive_class_need_a_second_factor_proved_again(
    job: Job, clinic: Clinic, memory: Memory, clock: FixedClock
) -> None:
    exam_id = (await job.opened(clinic, "HIV", {"HIV": "NR"})).facts.id
    clock.advance(EMBARGO)
    await OpenResult(clock).run(InMemoryExamWork(memory), exam_id)
    for caller in (clinic.patient, clinic.doctor):
        seen = await job.read(caller, exam_id)
        assert (seen["results"], seen["report"]["file_id"], seen["step_up_needed"]) == ([], None, True)
        seen = await job.read(stepped_up(caller, clock), exam_id)
        assert (len(seen["results"]), seen["step_up_needed"]) == (1, False)
    assert len((await job.read(clinic.technician, exam_id))["results"]) == 1


async def test_a_file_of_an_unknown_exam_or_unreleased_version_waits(
    job: Job, clinic: Clinic, memory: Memory, clock: FixedClock
) -> None:
    record, work = RecordReportFile(clock), InMemoryExamWork(memory)
    stray = signed_file(clinic, new_id(), NOW)
    assert await record.run(work, stray, 1) == WaitsFor(f"exam/{stray.exam_id}")
    exam = await job.completed(clinic)
    early = signed_file(clinic, exam.facts.id, NOW)
    assert await record.run(work, early, 1) == WaitsFor(f"exam/{exam.facts.id}/report/1")
    await job.release(clinic, exam.facts.id, exam.version)
    assert await record.run(work, early, 1) is True
    assert await record.run(work, early, 1) is False
    names = [type(each.event).__name__ for each in memory.announced]
    assert names.count("ResultMadeAvailable") == 1


async def test_a_signature_that_comes_with_a_known_file_version_still_opens_the_result(
    job: Job, clinic: Clinic, memory: Memory, clock: FixedClock
) -> None:
    exam = await job.released(clinic)
    file = signed_file(clinic, exam.facts.id, NOW)
    work = InMemoryExamWork(memory)
    await work.files.put(replace(file, ready=False), 1)
    await RecordReportFile(clock).run(work, file, 1)
    assert (await job.read(clinic.patient, exam.facts.id))["report"]["opened"]


async def test_the_draft_shown_is_of_the_present_completion(
    job: Job, clinic: Clinic, memory: Memory, clock: FixedClock
) -> None:
    exam = await job.completed(clinic)
    exam_id = exam.facts.id
    work = InMemoryExamWork(memory)
    clock.advance(timedelta(seconds=2))
    draft = replace(signed_file(clinic, exam_id, clock.now()), kind="draft_report")
    await RecordReportFile(clock).run(work, draft, 1)
    assert (await job.read(clinic.releaser, exam_id))["report"]["file_id"] == str(draft.id)
    await job.send_back(clinic, exam_id)
    clock.advance(timedelta(seconds=2))
    await job.complete(clinic, exam_id, 6)
    assert (await job.read(clinic.releaser, exam_id))["report"]["file_id"] is None


async def test_strangers_find_nothing(job: Job, clinic: Clinic, memory: Memory) -> None:
    exam_id = (await job.opened(clinic)).facts.id
    other = Clinic()
    for caller in (other.doctor, other.technician, other.releaser, other.receptionist, other.patient):
        assert await refused(job.read(caller, exam_id)) is NOT_FOUND
    assert await refused(job.collect(other, exam_id)) is NOT_FOUND
    colleague = Caller(replace(clinic.doctor.principal, account_id=new_id()))
    assert await refused(job.read(colleague, exam_id)) is NOT_FOUND


async def test_the_auditor_is_refused_rather_than_told_there_is_nothing(job: Job, clinic: Clinic) -> None:
    auditor = Caller(Principal(new_id(), frozenset({Role.AUDITOR}), clinic.id))
    assert await refused(job.read(auditor, new_id())) is FORBIDDEN
