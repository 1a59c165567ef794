"""The ports of exam-results: the same cases for the in-memory and the PostgreSQL adapters."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from infra.local.provision.databases import DatabaseUrls
from services.exam_results.application.caller import Caller
from services.exam_results.application.commands.register_exam import ExamOrder
from services.exam_results.application.ports import Account, ExamWork, OrderPeople, Transactions
from services.exam_results.application.queries.list_exams import ExamPage, ListQuestion
from services.exam_results.domain import errors
from services.exam_results.domain.errors import PATIENT_NOT_KNOWN
from services.exam_results.domain.exam_events import Priority
from services.exam_results.domain.lifecycle import State
from services.exam_results.domain.people import Sex
from services.exam_results.domain.report import Stage
from services.exam_results.infrastructure.in_memory.memory import Memory
from services.exam_results.infrastructure.in_memory.work import InMemoryExamWork, InMemoryTransactions
from services.shared.kernel.clock import FixedClock
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.api import json_response
from services.shared.platform.postgres.idempotency import KEY_REUSED
from tests.integration.exam_results.database import installed, migrated
from tests.unit.exam_results.samples import (
    BLOOD_COUNT,
    LIFECYCLE,
    NOW,
    Clinic,
    Job,
    items_of,
    put_people,
    signed_file,
    typed,
)


@dataclass
class Subject:
    transactions: Transactions
    add_clinic: Callable[[Clinic], Awaitable[Clinic]]
    job: Job


@pytest.fixture(scope="session")
async def contract_urls(new_database: Callable[[str], DatabaseUrls]) -> DatabaseUrls:
    return await migrated(new_database)


@pytest.fixture(params=["in_memory", "postgresql"])
def urls(request: pytest.FixtureRequest) -> DatabaseUrls | None:
    """The database to run on, or None for memory; no server starts for memory alone."""
    found: DatabaseUrls | None = (
        request.getfixturevalue("contract_urls") if request.param == "postgresql" else None
    )
    return found


@pytest.fixture
async def subject(urls: DatabaseUrls | None) -> AsyncIterator[Subject]:
    if urls is None:
        memory = Memory(LIFECYCLE)

        async def add(clinic: Clinic) -> Clinic:
            memory.laboratories[clinic.id] = clinic.laboratory
            await put_people(InMemoryExamWork(memory), clinic)
            return clinic

        transactions = InMemoryTransactions(memory)
        yield Subject(transactions, add, Job(transactions, FixedClock(NOW)))
        return
    async with installed(urls) as ready:
        yield Subject(ready.transactions, ready.clinic, Job(ready.transactions, FixedClock(NOW)))


@pytest.fixture
async def clinic(subject: Subject) -> Clinic:
    return await subject.add_clinic(Clinic())


async def listed(subject: Subject, caller: Caller, **question: Any) -> ExamPage:
    async with subject.transactions.read(caller.principal) as reads:
        return await subject.job.desk.list.run(reads, caller, ListQuestion(**question))


def ids(page: ExamPage) -> list[str]:
    return [item["id"] for item in items_of(page)]


async def test_an_exam_is_loaded_as_it_was_saved(subject: Subject, clinic: Clinic) -> None:
    exam = await subject.job.opened(clinic, values={**BLOOD_COUNT, "HGB": "10,10"})
    async with subject.transactions.change(clinic.technician.principal, exam.facts.id) as work:
        loaded = await work.exams.load(exam.facts.id)
        assert await work.exams.load(new_id()) is None
    assert loaded is not None
    assert loaded.version == exam.version + 2  # signed and opened
    assert loaded.facts.results == exam.facts.results
    assert loaded.facts.results[1].value == "10.10"


async def test_of_two_who_change_the_same_version_one_is_refused(subject: Subject, clinic: Clinic) -> None:
    exam = await subject.job.register(clinic)
    async with subject.transactions.change(clinic.receptionist.principal, exam.facts.id) as work:
        first = await work.exams.load(exam.facts.id)
        second = await work.exams.load(exam.facts.id)
    assert first is not None
    assert second is not None
    for each in (first, second):
        each.schedule(NOW + timedelta(days=1), clinic.receptionist.actor, NOW)
    async with subject.transactions.change(clinic.receptionist.principal, exam.facts.id) as work:
        await work.exams.save(first)
    with pytest.raises(LaudoError) as refused:
        async with subject.transactions.change(clinic.receptionist.principal, exam.facts.id) as work:
            await work.exams.save(second)
    assert refused.value.kind is errors.VERSION_CONFLICT


async def test_a_block_that_raises_leaves_no_trace(subject: Subject, clinic: Clinic) -> None:
    exam = await subject.job.register(clinic)

    async def fail_after_collecting() -> None:
        async with subject.transactions.change(clinic.technician.principal, exam.facts.id) as work:
            loaded = await work.exams.load(exam.facts.id)
            assert loaded is not None
            loaded.schedule(NOW + timedelta(days=1), clinic.receptionist.actor, NOW)
            await work.exams.save(loaded)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail_after_collecting()
    assert (await subject.job.read(clinic.technician, exam.facts.id))["state"] == "registered"


async def test_the_newest_version_of_a_person_is_kept_whatever_the_order(
    subject: Subject, clinic: Clinic
) -> None:
    async with subject.transactions.change(clinic.technician.principal, new_id()) as work:
        people = work.people
        assert await people.put_patient(clinic.patient_record(name="Nova", sex=Sex.OTHER), 3)
        assert not await people.put_patient(clinic.patient_record(name="Velha"), 2)
        assert not await people.put_patient(clinic.patient_record(name="Igual"), 3)
        kept = await people.patient(clinic.patient_id)
        assert kept == clinic.patient_record(name="Nova", sex=Sex.OTHER)
        newer = clinic.professional(clinic.doctor_id, "Novo", Role.DOCTOR, verified=False)
        assert await people.put_professional(newer, 2)
        assert not await people.put_professional(replace(newer, name="Velho"), 1)
        assert await people.professional(clinic.doctor_id) == newer
        assert await people.laboratory(clinic.id) == clinic.laboratory
        assert await people.patient(new_id()) is None
        assert await people.professional(new_id()) is None
        assert await people.laboratory(new_id()) is None


async def test_a_closed_account_stays_closed(subject: Subject, clinic: Clinic) -> None:
    account = Account(clinic.technician_id, clinic.id, "T", "staff", frozenset({"technician"}))
    gone = new_id()
    async with subject.transactions.change(clinic.technician.principal, new_id()) as work:
        people = work.people
        assert not await people.is_closed(account.id)
        assert not await people.close_account(account.id, clinic.id, 1)
        assert await people.close_account(account.id, clinic.id, 2)
        assert not await people.put_account(account, 3)
        assert await people.is_closed(account.id)
        assert await people.close_account(gone, clinic.id, 5)  # the deletion came before the creation
        assert not await people.put_account(replace(account, id=gone), 1)
        assert await people.is_closed(gone)
    assert ids(await listed(subject, clinic.technician)) == []


async def test_a_file_keeps_its_newest_word(subject: Subject, clinic: Clinic) -> None:
    exam = await subject.job.completed(clinic)
    draft = replace(signed_file(clinic, exam.facts.id, subject.job.clock.now()), kind="draft_report")

    async def shown() -> str | None:
        file_id: str | None = (await subject.job.read(clinic.releaser, exam.facts.id))["report"]["file_id"]
        return file_id

    async def put(version: int, **changes: Any) -> bool:
        async with subject.transactions.change(clinic.technician.principal, exam.facts.id) as work:
            return await work.files.put(replace(draft, **changes), version)

    assert await put(1, ready=False)
    assert await shown() is None
    assert await put(1)
    assert await shown() == str(draft.id)
    assert not await put(1, ready=False)
    assert await put(2, deleted=True)
    assert not await put(1)
    assert await shown() is None


async def test_the_newest_draft_and_the_one_final_snapshot_are_read(subject: Subject, clinic: Clinic) -> None:
    exam = await subject.job.completed(clinic)
    exam_id = exam.facts.id
    await subject.job.send_back(clinic, exam_id)
    exam = await subject.job.complete(clinic, exam_id, 6)
    released = await subject.job.release(clinic, exam_id, exam.version)
    service = Principal(new_id(), frozenset({Role.SERVICE}), scopes=frozenset({"snapshot:read"}))
    async with subject.transactions.read(service) as reads:
        draft = await reads.snapshot(exam_id, 1, Stage.DRAFT)
        final = await reads.snapshot(exam_id, 1, Stage.FINAL)
        assert await reads.snapshot(exam_id, 2, Stage.FINAL) is None
        assert await reads.snapshot(new_id(), 1, Stage.FINAL) is None
    assert draft is not None
    assert final is not None
    events = [each.event for each in released.recorded]
    assert events == []  # saved
    assert draft.sha256 != final.sha256
    assert (final.clinic_id, final.patient_id) == (clinic.id, clinic.patient_id)
    assert orjson.loads(final.body)["stage"] == "final"


async def test_barcodes_belong_to_one_patient_of_a_clinic(subject: Subject, clinic: Clinic) -> None:
    exam = await subject.job.register(clinic)
    await subject.job.collect(clinic, exam.facts.id, "TUBO-7")

    async def taken(clinic_id: UUID, patient_id: UUID, barcode: str = "TUBO-7") -> bool:
        async with subject.transactions.change(clinic.technician.principal, exam.facts.id) as work:
            return await work.exams.barcode_is_anothers(clinic_id, barcode, patient_id)

    assert await taken(clinic.id, new_id())
    assert not await taken(clinic.id, clinic.patient_id)
    assert not await taken(new_id(), new_id())
    assert not await taken(clinic.id, new_id(), "TUBO-8")


async def test_lists_are_ordered_filtered_and_cut_the_same(subject: Subject, clinic: Clinic) -> None:
    job, made = subject.job, []
    for index in range(6):
        job.clock.advance(timedelta(seconds=20))
        priority = Priority.URGENT if index == 3 else Priority.ROUTINE
        made.append(
            str((await job.register(clinic, "HEMO" if index % 2 else "NA", priority=priority)).facts.id)
        )
    job.clock.advance(timedelta(seconds=20))
    done = str((await job.opened(clinic)).facts.id)
    assert ids(await listed(subject, clinic.patient)) == [done, *reversed(made)]
    assert ids(await listed(subject, clinic.technician)) == [made[3], *made[:3], *made[4:]]
    assert ids(await listed(subject, clinic.technician, states=(State.RELEASED,))) == [done]
    assert ids(await listed(subject, clinic.doctor, states=(State.REGISTERED,), limit=2)) == made[:3:-1]
    since, until = NOW + timedelta(seconds=40), NOW + timedelta(seconds=80)
    assert ids(await listed(subject, clinic.doctor, since=since, until=until)) == [made[2], made[1]]
    assert ids(await listed(subject, clinic.doctor, patient_id=clinic.patient_id)) == [done, *reversed(made)]
    assert ids(await listed(subject, clinic.doctor, patient_id=new_id())) == []


async def test_worklist_and_newest_pages_join_without_gap_or_repeat(subject: Subject, clinic: Clinic) -> None:
    made = set()
    for index in range(9):
        priority = Priority.URGENT if index % 3 else Priority.ROUTINE
        made.add(str((await subject.job.register(clinic, priority=priority)).facts.id))
    for caller in (clinic.technician, clinic.doctor, clinic.patient, clinic.receptionist):
        seen: list[str] = []
        page = await listed(subject, caller, limit=2)
        seen += ids(page)
        while page.next_key is not None:
            page = await listed(subject, caller, limit=2, after=page.next_key)
            seen += ids(page)
        assert len(seen) == 9
        assert set(seen) == made


@pytest.mark.parametrize(
    ("text", "found"),
    [("hemograma", 1), ("conceicao demon", 1), ("MARIA JOSÉ", 1), ("000123", 1), ("beatriz", 1), ("100%", 0),
     ("%", 0), ("_", 0), ("\\", 0), ("'; --", 0)],
)  # fmt: skip
async def test_the_search_finds_the_same(subject: Subject, clinic: Clinic, text: str, found: int) -> None:
    exam = await subject.job.register(clinic)
    await subject.add_clinic(Clinic())
    assert len(ids(await listed(subject, clinic.technician, text=text))) == found
    assert ids(await listed(subject, clinic.patient, text=exam.facts.protocol)) == [str(exam.facts.id)]
    assert ids(await listed(subject, clinic.patient, text="maria")) == []


async def test_the_page_of_an_exam_says_the_same(subject: Subject, clinic: Clinic) -> None:
    exam = await subject.job.opened(clinic)
    page = orjson.loads(json_response(await subject.job.read(clinic.releaser, exam.facts.id)).body)
    assert page["id"] == str(exam.facts.id)
    assert page["patient"] == {
        "id": str(clinic.patient_id),
        "name": "Maria José da Conceição Demonstração",
        "birth_date": "1988-05-17",
        "record_number": "000123",
    }
    assert page["requester"] == {"id": str(clinic.doctor_id), "name": "Dra. Beatriz Demonstração"}
    assert page["clinic"] == {"id": str(clinic.id), "name": "Laboratório Demonstração"}
    assert page["report"]["releaser"] == {
        "id": str(clinic.releaser_id),
        "name": "Dr. Caio Demonstração",
        "council": "CRM",
        "number": "90001",
        "uf": "SP",
    }
    assert page["version"] == 8
    assert [event["type_en"] for event in page["events"]] == [
        "Exam registered", "Specimen collected", "Analysis started", "Values entered", "Analysis completed",
        "Result released", "Report signed", "Result available to the patient",
    ]  # fmt: skip
    assert page["events"][3]["actor_name"] == "Téc. Daniela Demonstração"
    assert datetime.fromisoformat(page["events"][0]["at"]) == NOW
    assert datetime.fromisoformat(page["created_at"]).astimezone(UTC) == NOW
    assert page["results"][1]["value_display_pt"] == "13,50"
    assert page["flagged"] is False
    assert page["actions"] == []


async def test_the_form_is_filled_in_line_by_line(subject: Subject, clinic: Clinic) -> None:
    exam_id = (await subject.job.register(clinic)).facts.id
    await subject.job.collect(clinic, exam_id)
    await subject.job.start(clinic, exam_id)
    await subject.job.enter(clinic, exam_id, 3, typed({"HGB": "13,5"}))
    page = orjson.loads(json_response(await subject.job.read(clinic.technician, exam_id)).body)
    assert [line["value"] for line in page["results"]][:3] == [None, "13.5", None]
    assert page["results"][0]["range_pt"] == "4,0 a 5,2"


async def test_the_same_key_is_kept_once_and_another_body_is_refused(
    subject: Subject, clinic: Clinic
) -> None:
    async def run(work: ExamWork) -> dict[str, Any]:
        order = ExamOrder(patient_id=clinic.patient_id, code="HEMO")
        exam = await subject.job.desk.register.run(work, clinic.doctor, order)
        return {"id": str(exam.facts.id)}

    async def post(body: bytes) -> tuple[Any, bool]:
        return await subject.transactions.create_once(
            clinic.doctor.principal, key="key-00001", route="r", request=body, run=run
        )

    answer, replayed = await post(b"a")
    assert not replayed
    assert await post(b"a") == (answer, True)
    with pytest.raises(LaudoError) as refused:
        await post(b"b")
    assert refused.value.kind is KEY_REUSED
    assert ids(await listed(subject, clinic.doctor)) == [answer["id"]]


async def test_an_answer_is_kept_also_when_the_same_request_would_be_refused_by_now(
    subject: Subject, clinic: Clinic
) -> None:
    async def run(work: ExamWork) -> dict[str, Any]:
        if refuses:
            raise PATIENT_NOT_KNOWN.error(field="patient_id")
        return {"id": "x"}

    async def post(key: str) -> tuple[Any, bool]:
        return await subject.transactions.create_once(
            clinic.doctor.principal, key=key, route="r", request=b"a", run=run
        )

    refuses = False
    assert await post("key-00002") == ({"id": "x"}, False)
    refuses = True
    assert await post("key-00002") == ({"id": "x"}, True)
    with pytest.raises(LaudoError, match=PATIENT_NOT_KNOWN.code):
        await post("key-00003")


async def test_an_order_looks_up_everybody_it_names(subject: Subject, clinic: Clinic) -> None:
    found = []

    async def run(work: ExamWork) -> dict[str, Any]:
        found.append(await work.people.for_order(clinic.doctor_id, clinic.patient_id, clinic.doctor_id))
        found.append(await work.people.for_order(clinic.doctor_id, new_id(), new_id()))
        return {}

    principal = clinic.doctor.principal
    await subject.transactions.create_once(principal, key="key-00004", route="r", request=b"", run=run)
    known, unknown = found
    assert known.patient == clinic.patient_record()
    assert known.requester is not None
    assert known.requester.id == clinic.doctor_id
    assert unknown == OrderPeople(caller_closed=False, patient=None, requester=None)


async def test_a_patient_changes_the_own_exam_in_whichever_clinic(subject: Subject, clinic: Clinic) -> None:
    exam_id = (await subject.job.register(clinic)).facts.id
    async with subject.transactions.change(clinic.patient.principal, exam_id) as work:
        await subject.job.desk.cancel.run(work, clinic.patient, exam_id, "desistência")
    assert (await subject.job.read(clinic.patient, exam_id))["state"] == "cancelled"
