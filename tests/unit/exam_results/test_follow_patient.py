"""A patient's record is merged into another: its exams follow the person, in whatever order the messages come."""

from dataclasses import replace
from typing import Any

import pytest

from services.exam_results.application.commands.follow_patient import FollowPatient
from services.exam_results.domain import errors
from services.exam_results.domain.exam import Exam
from services.exam_results.infrastructure.in_memory.memory import Memory
from services.exam_results.infrastructure.in_memory.work import InMemoryExamWork
from services.exam_results.infrastructure.wire_events import wire_messages
from services.shared.kernel.errors import NOT_FOUND, LaudoError
from services.shared.kernel.ids import new_id
from tests.unit.exam_results.samples import NOW, Clinic, Job

SURVIVOR = new_id()


async def follow(memory: Memory, patient: Any, version: int) -> bool:
    return await FollowPatient().run(InMemoryExamWork(memory), patient, version, NOW)


async def opened(job: Job, clinic: Clinic, memory: Memory) -> Exam:
    exam = memory.exam((await job.opened(clinic)).facts.id)
    assert exam is not None
    return exam


async def test_exams_in_every_state_follow_the_person_and_stay_under_their_record(
    job: Job, clinic: Clinic, memory: Memory
) -> None:
    done = await opened(job, clinic, memory)
    fresh = await job.register(clinic)
    patient = memory.patients[fresh.facts.patient_id][0]
    memory.announced.clear()
    survivor = replace(patient, person_id=SURVIVOR, merged_into=new_id())
    assert await follow(memory, survivor, 2)
    for exam_id, state in ((done.facts.id, done.state), (fresh.facts.id, fresh.state)):
        exam = memory.exam(exam_id)
        assert exam is not None
        assert (exam.facts.person_id, exam.facts.patient_id) == (SURVIVOR, patient.id)
        assert (exam.state, exam.facts.opened_at) == (
            state,
            done.facts.opened_at if exam_id == done.facts.id else None,
        )
    assert [type(each.event).__name__ for each in memory.announced] == ["PersonChanged"] * 2


async def test_undone_every_exam_goes_back_and_what_comes_twice_or_late_changes_nothing(
    job: Job, clinic: Clinic, memory: Memory
) -> None:
    exam = await opened(job, clinic, memory)
    patient = memory.patients[exam.facts.patient_id][0]
    survivor = replace(patient, person_id=SURVIVOR, merged_into=new_id())
    assert await follow(memory, patient, 3)  # the undoing came first
    assert not await follow(memory, survivor, 2)  # the merge it undoes comes late
    assert not await follow(memory, patient, 3)
    now = memory.exam(exam.facts.id)
    assert now is not None
    assert (now.facts, now.version) == (exam.facts, exam.version)
    assert await follow(memory, survivor, 4)
    assert await follow(memory, patient, 5)
    again = memory.exam(exam.facts.id)
    assert again is not None
    assert again.facts == exam.facts


async def test_the_survivors_person_reads_the_exam_and_the_former_one_does_not(
    job: Job, clinic: Clinic, memory: Memory
) -> None:
    exam = await opened(job, clinic, memory)
    before = clinic.patient
    after = replace(before, principal=replace(before.principal, account_id=SURVIVOR))
    with pytest.raises(LaudoError) as refused:
        await job.read(after, exam.facts.id)
    assert refused.value.kind is NOT_FOUND
    patient = memory.patients[exam.facts.patient_id][0]
    await follow(memory, replace(patient, person_id=SURVIVOR, merged_into=new_id()), 2)
    assert (await job.read(after, exam.facts.id))["id"] == str(exam.facts.id)
    with pytest.raises(LaudoError) as refused:
        await job.read(before, exam.facts.id)
    assert refused.value.kind is NOT_FOUND


async def test_a_merged_record_takes_no_exam_and_leads_to_the_survivor(
    job: Job, clinic: Clinic, memory: Memory
) -> None:
    patient = memory.patients[clinic.patient_id][0]
    survivor_id = new_id()
    await follow(memory, replace(patient, person_id=SURVIVOR, merged_into=survivor_id), 2)
    with pytest.raises(LaudoError) as refused:
        await job.register(clinic)
    assert refused.value.kind is errors.PATIENT_MERGED
    assert refused.value.params["survivor_id"] == survivor_id


async def test_the_others_are_told_of_the_person_and_of_nothing_else(
    job: Job, clinic: Clinic, memory: Memory
) -> None:
    exam = await opened(job, clinic, memory)
    exam.change_person(SURVIVOR, NOW)
    exam.change_person(SURVIVOR, NOW)
    [message] = wire_messages(exam)
    told = message.data.model_dump()
    assert (message.type, told["person_changed"], told["person_id"]) == ("exam.updated", True, SURVIVOR)
    assert told["state"] == told["previous_state"] == exam.state.value
    assert told["version"] == exam.version
