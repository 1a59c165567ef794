"""What the list and the page of one exam show to whom."""

from datetime import timedelta
from typing import Any

import pytest

from services.exam_results.application.caller import Caller
from services.exam_results.application.queries.list_exams import ExamPage, ListQuestion
from services.exam_results.application.queries.read_catalogue import catalogue_data
from services.exam_results.domain.exam_events import Priority
from services.exam_results.domain.lifecycle import State
from services.exam_results.infrastructure.in_memory.memory import Memory
from services.exam_results.infrastructure.in_memory.work import InMemoryExamWork
from tests.unit.exam_results.samples import BLOOD_COUNT, CATALOGUE, Clinic, Job, items_of, put_people, typed


async def listed(job: Job, caller: Caller, **question: Any) -> ExamPage:
    async with job.transactions.read(caller.principal) as reads:
        return await job.desk.list.run(reads, caller, ListQuestion(**question))


async def test_values_and_flags_appear_for_each_caller_when_they_may(job: Job, clinic: Clinic) -> None:
    exam = await job.completed(clinic, values={**BLOOD_COUNT, "HGB": "10,1"})
    exam_id = exam.facts.id

    async def seen(caller: Caller) -> tuple[int, bool | None]:
        page = await job.read(caller, exam_id)
        return len(page["results"]), page["flagged"]

    people = (clinic.technician, clinic.doctor, clinic.patient, clinic.receptionist)
    assert [await seen(each) for each in people] == [(17, True), (0, None), (0, None), (0, None)]
    await job.release(clinic, exam_id, exam.version)
    assert [await seen(each) for each in people] == [(17, True), (0, None), (0, None), (0, None)]
    await job.sign(clinic, exam_id)
    assert [await seen(each) for each in people] == [(17, True), (17, True), (17, True), (0, None)]


async def test_the_bench_sees_the_form_with_units_and_ranges_before_any_value(
    job: Job, clinic: Clinic
) -> None:
    exam_id = (await job.register(clinic)).facts.id
    assert (await job.read(clinic.technician, exam_id))["results"] == []
    await job.collect(clinic, exam_id)
    await job.start(clinic, exam_id)
    form = (await job.read(clinic.technician, exam_id))["results"]
    assert len(form) == 17
    assert (form[1]["value"], form[1]["unit_display"], form[1]["range_pt"]) == (None, "g/dL", "12,0 a 16,0")
    await job.enter(clinic, exam_id, 3, typed({"HGB": "13,5"}))
    form = (await job.read(clinic.technician, exam_id))["results"]
    assert [line["value"] for line in form[:3]] == [None, "13.5", None]
    assert (await job.read(clinic.doctor, exam_id))["results"] == []


async def test_a_sensitive_exam_shows_no_flag_in_a_preview(job: Job, clinic: Clinic) -> None:
    await job.opened(clinic, "BHCG", {"BHCG": "3000"})
    (item,) = items_of(await listed(job, clinic.patient))
    assert (item["sensitive"], item["flagged"]) == (True, None)


async def test_patients_see_neither_names_of_staff_nor_notes(job: Job, clinic: Clinic) -> None:
    exam = await job.opened(clinic)
    page = await job.read(clinic.patient, exam.facts.id)
    assert page["events"] == []
    assert page["specimen"]["barcode"] is None
    staff = await job.read(clinic.technician, exam.facts.id)
    assert staff["events"][0]["type_pt"] == "Exame registrado"
    assert staff["events"][0]["actor_name"] == "Dra. Beatriz Demonstração"


async def test_actions_are_what_the_caller_may_do_now(job: Job, clinic: Clinic) -> None:
    exam_id = (await job.register(clinic)).facts.id

    async def actions(caller: Caller) -> list[str]:
        return list((await job.read(caller, exam_id))["actions"])

    assert await actions(clinic.doctor) == ["cancellation"]
    assert await actions(clinic.technician) == ["collection"]
    assert await actions(clinic.receptionist) == ["cancellation", "schedule"]
    await job.collect(clinic, exam_id)
    assert await actions(clinic.technician) == ["analysis", "recollection"]
    await job.start(clinic, exam_id)
    assert await actions(clinic.technician) == ["completion", "recollection", "results"]
    assert await actions(clinic.releaser) == ["cancellation", "recollection"]


async def test_the_releasers_actions_on_a_completed_exam(job: Job, clinic: Clinic) -> None:
    exam = await job.completed(clinic)
    page = await job.read(clinic.releaser, exam.facts.id)
    assert page["actions"] == ["cancellation", "release", "return"]
    assert page["report"] == {
        "version": 1, "status": "preliminary", "released_at": None, "releaser": None, "file_id": None,
        "opened": False,
    }  # fmt: skip
    assert (await job.read(clinic.doctor, exam.facts.id))["report"] is None


async def test_the_worklist_puts_urgent_first_then_the_oldest_and_leaves_out_what_is_done(
    job: Job, clinic: Clinic
) -> None:
    old = await job.register(clinic)
    job.clock.advance(timedelta(minutes=1))
    await job.opened(clinic)
    urgent = await job.register(clinic, priority=Priority.URGENT)
    job.clock.advance(timedelta(minutes=1))
    new = await job.register(clinic)
    bench = [item["id"] for item in items_of(await listed(job, clinic.technician))]
    assert bench == [str(exam.facts.id) for exam in (old, new)] or bench == [
        str(exam.facts.id) for exam in (urgent, old, new)
    ]
    assert bench[0] == str(urgent.facts.id)
    assert len((await listed(job, clinic.technician, states=(State.RELEASED,))).items) == 1
    newest = [item["id"] for item in items_of(await listed(job, clinic.doctor))]
    assert newest[0] == str(new.facts.id)
    assert len(newest) == 4


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hemograma", 1), ("HEMOGRAMA COMP", 1), ("glicose", 0), ("beatriz", 1), ("conceicao", 1), ("000123", 1),
        ("ninguém", 0), ("%", 0), ("_", 0),
    ],
)  # fmt: skip
async def test_staff_search_by_exam_requester_patient_and_record(
    job: Job, clinic: Clinic, text: str, found: int
) -> None:
    await job.register(clinic)
    assert len((await listed(job, clinic.technician, text=text)).items) == found


async def test_an_exam_is_found_by_its_protocol_however_typed(job: Job, clinic: Clinic) -> None:
    exam = await job.register(clinic)
    await job.register(clinic)
    spoken = exam.facts.protocol.lower().replace("-", " ")
    (item,) = items_of(await listed(job, clinic.patient, text=spoken))
    assert item["protocol"] == exam.facts.protocol


async def test_a_list_is_one_audit_row_without_patient_or_exam(
    job: Job, clinic: Clinic, memory: Memory
) -> None:
    await job.register(clinic)
    memory.audit.clear()
    await listed(job, clinic.patient)
    (entry,) = memory.audit
    assert (entry.action, entry.patient_id, entry.resource, entry.clinic_id) == (
        "exam.list",
        None,
        None,
        None,
    )


async def test_pages_join_without_gap_or_repeat(job: Job, clinic: Clinic) -> None:
    made = {str((await job.register(clinic)).facts.id) for _ in range(7)}
    for caller in (clinic.patient, clinic.technician):
        seen: list[str] = []
        after = None
        while True:
            page = await listed(job, caller, limit=3, after=after)
            seen += [item["id"] for item in items_of(page)]
            after = page.next_key
            if after is None:
                break
        assert sorted(seen) == sorted(made)


async def test_a_patient_sees_all_clinics_and_staff_their_own(
    job: Job, clinic: Clinic, memory: Memory
) -> None:
    other = Clinic(person_id=clinic.person_id)
    memory.laboratories[other.id] = other.laboratory
    await put_people(InMemoryExamWork(memory), other)
    await job.register(clinic)
    await job.register(other)
    assert len((await listed(job, clinic.patient)).items) == 2
    assert len((await listed(job, clinic.doctor)).items) == 1


async def test_the_social_name_is_the_name_shown(job: Job, clinic: Clinic, memory: Memory) -> None:
    memory.patients[clinic.patient_id] = (clinic.patient_record(social_name="Mário Demonstração"), 2)
    exam = await job.register(clinic)
    assert (await job.read(clinic.doctor, exam.facts.id))["patient"]["name"] == "Mário Demonstração"


def test_the_catalogue_shows_options_only_where_there_are_some() -> None:
    data = catalogue_data(CATALOGUE)
    by_code = {exam["code"]: exam for exam in data["items"]}
    assert by_code["HIV"]["components"][0]["options"][0] == {"code": "R", "pt": "Reagente", "en": "Reactive"}
    assert "options" not in by_code["HEMO"]["components"][0]
    assert by_code["TFG"]["components"][1]["derived_from"] == "CREA"
