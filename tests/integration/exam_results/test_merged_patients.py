"""A patient's record merged into another, over the real inbox and database: exams follow the person, and go back."""

import asyncio
from collections.abc import Mapping
from itertools import permutations
from typing import Any
from uuid import UUID

import orjson
import pytest

from services.exam_results.application.commands.register_exam import ExamOrder
from services.exam_results.application.ports import ExamWork
from services.exam_results.application.queries.list_exams import ListQuestion
from services.exam_results.domain import errors
from services.exam_results.infrastructure.persistence.rebuild import rebuild_projections
from services.exam_results.interface.messaging.effects import AccountsEffect
from services.shared.contracts import accounts
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.messaging.envelope import Message, new_message
from services.shared.platform.postgres.database import Scope
from services.shared.platform.postgres.inbox import PostgresInbox
from tests.integration.exam_results.database import Installation
from tests.unit.exam_results.samples import LIFECYCLE, NOW, Clinic, Job


def survivor(clinic: Clinic) -> UUID:
    """The person whose record remains; of each clinic another."""
    return UUID(int=clinic.person_id.int ^ 1)


@pytest.fixture
def inbox(installation: Installation) -> PostgresInbox:
    effect = AccountsEffect(installation.transactions.work_of)
    return PostgresInbox(installation.database, "exam-results-accounts", effect, lambda: None)


def told(clinic: Clinic, version: int, *, merged: bool) -> Message:
    record = clinic.patient_record()
    data = accounts.PatientRegistered(
        version=version,
        patient_id=clinic.patient_id,
        person_id=survivor(clinic) if merged else clinic.person_id,
        record_number=record.record_number,
        name=record.name,
        sex=record.sex.value,
        birth_date=record.birth_date,
        merged_into=new_id() if merged else None,
    )
    return new_message(
        "patient.registered",
        source="/accounts",
        subject=clinic.patient_id,
        clinic_id=clinic.id,
        time=NOW,
        data=data,
    )


async def listed(job: Job, person_id: UUID) -> list[str]:
    from services.exam_results.application.caller import Caller

    caller = Caller(Principal(person_id, frozenset({Role.PATIENT})), "203.0.113.9", "trace")
    async with job.transactions.read(caller.principal) as reads:
        page = await job.desk.list.run(reads, caller, ListQuestion())
    return sorted(orjson.loads(item)["id"] for item in page.items)


async def exam_rows(installation: Installation, clinic: Clinic) -> list[dict[str, Any]]:
    async with installation.database.read(Scope(clinic_id=clinic.id)) as session:
        return [dict(row) for row in await session.rows("SELECT * FROM exams ORDER BY exam_id")]


@pytest.mark.parametrize("order", list(permutations((2, 3, 4))))
async def test_whatever_the_order_the_exams_are_where_the_newest_message_says(
    installation: Installation, inbox: PostgresInbox, clinic: Clinic, job: Job, order: tuple[int, ...]
) -> None:
    """2: merged, 3: undone, 4: merged again."""
    ids = sorted([str((await job.opened(clinic)).facts.id), str((await job.register(clinic)).facts.id)])
    for version in order:
        message = told(clinic, version, merged=version != 3)
        await inbox.apply(message)
        assert await inbox.apply(message) == "repeat"
    assert await listed(job, survivor(clinic)) == ids
    assert await listed(job, clinic.person_id) == []
    await inbox.apply(told(clinic, 5, merged=False))
    assert await listed(job, survivor(clinic)) == []
    assert await listed(job, clinic.person_id) == ids


async def test_a_rebuild_after_a_merge_makes_the_identical_rows(
    installation: Installation, inbox: PostgresInbox, clinic: Clinic, job: Job
) -> None:
    await job.opened(clinic)
    await job.register(clinic)
    await inbox.apply(told(clinic, 2, merged=True))
    before = await exam_rows(installation, clinic)
    assert {row["person_id"] for row in before} == {survivor(clinic)}
    assert {row["patient_id"] for row in before} == {clinic.patient_id}
    async with installation.database.write(Scope(clinic_id=clinic.id)) as session:
        await session.execute("DELETE FROM exams")
    await rebuild_projections(installation.database, LIFECYCLE)
    assert await exam_rows(installation, clinic) == before


async def test_a_registration_that_read_the_record_before_the_merge_is_refused(
    inbox: PostgresInbox, clinic: Clinic, job: Job
) -> None:
    half_way, may_end = asyncio.Event(), asyncio.Event()

    async def slow(work: ExamWork) -> Mapping[str, Any]:
        order = ExamOrder(patient_id=clinic.patient_id, code="HEMO")
        exam = await job.desk.register.run(work, clinic.doctor, order)
        half_way.set()
        await may_end.wait()
        return {"id": str(exam.facts.id)}

    registering = asyncio.create_task(
        job.transactions.create_once(
            clinic.doctor.principal, key=str(new_id()), route="POST /orders", request=b"", run=slow
        )
    )
    await half_way.wait()
    assert await inbox.apply(told(clinic, 2, merged=True)) == "done"
    may_end.set()
    with pytest.raises(LaudoError) as refused:
        await registering
    assert refused.value.kind is errors.PATIENT_MERGED
    assert await listed(job, survivor(clinic)) == await listed(job, clinic.person_id) == []


async def test_a_merge_waits_for_a_registration_under_way_and_then_takes_its_exam_along(
    installation: Installation, inbox: PostgresInbox, clinic: Clinic, job: Job
) -> None:
    """The new row holds the record still until it is committed."""
    order = ExamOrder(patient_id=clinic.patient_id, code="HEMO")
    async with installation.transactions.in_clinic(clinic.id) as work:
        exam = await job.desk.register.run(work, clinic.doctor, order)
        merging = asyncio.create_task(inbox.apply(told(clinic, 2, merged=True)))
        async with installation.database.read(Scope(clinic_id=clinic.id)) as session:
            for _ in range(400):
                if await session.value("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"):
                    break
                await asyncio.sleep(0.025)
        assert not merging.done()
    assert await merging == "done"
    assert await listed(job, survivor(clinic)) == [str(exam.facts.id)]
    assert await listed(job, clinic.person_id) == []
