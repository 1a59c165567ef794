"""Reads cost a constant number of statements and use the indexes made for them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.exam_results.application.caller import Caller
from services.exam_results.application.policy import view_of
from services.exam_results.application.ports import Order, PageCriteria, PageKey
from services.exam_results.application.queries.list_exams import ListQuestion
from services.exam_results.domain.lifecycle import ON_THE_BENCH
from services.exam_results.infrastructure.persistence.exam_reads import PostgresExamReads
from services.shared.kernel.ids import new_id
from services.shared.platform.postgres.database import ReadSession, Scope
from tests.integration.exam_results.database import Installation
from tests.unit.exam_results.samples import NOW, Clinic, Job


@dataclass
class Counted:
    """A connection that remembers every statement sent through it."""

    connection: Any
    sent: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.connection, name)
        if name not in {"fetch", "fetchrow", "fetchval", "execute"}:
            return call

        async def counted(sql: str, *args: Any) -> Any:
            self.sent.append(sql)
            return await call(sql, *args)

        return counted


@asynccontextmanager
async def counting(installation: Installation, caller: Caller) -> AsyncIterator[tuple[Counted, ReadSession]]:
    async with installation.database.pool.acquire() as connection:
        counted = Counted(connection)
        await connection.execute(Scope.of(caller.principal).begin())
        yield counted, ReadSession(counted)
        await connection.execute("ROLLBACK")


async def statements_of_list(installation: Installation, job: Job, caller: Caller, limit: int) -> int:
    async with counting(installation, caller) as (counted, session):
        page = await job.desk.list.run(PostgresExamReads(session), caller, ListQuestion(limit=limit))
    assert page.items
    return len(counted.sent)


@pytest.mark.parametrize("who", ["patient", "doctor", "technician", "receptionist"])
async def test_a_list_is_one_statement_however_long(
    installation: Installation, job: Job, clinic: Clinic, who: str
) -> None:
    caller: Caller = getattr(clinic, who)
    await job.register(clinic)
    few = await statements_of_list(installation, job, caller, 1)
    for _ in range(25):
        await job.register(clinic)
    assert few == await statements_of_list(installation, job, caller, 20) == 1  # the page and its audit row


async def test_one_exam_is_one_statement_however_many_values(
    installation: Installation, job: Job, clinic: Clinic
) -> None:
    for exam in (await job.register(clinic), await job.opened(clinic)):
        async with counting(installation, clinic.releaser) as (counted, session):
            await job.desk.read.run(PostgresExamReads(session), clinic.releaser, exam.facts.id)
        assert len(counted.sent) == 1


async def test_the_audit_row_of_a_read_is_there_and_without_it_there_is_no_answer(
    installation: Installation, job: Job, clinic: Clinic, postgres_admin_url: str
) -> None:
    import asyncpg

    exam = await job.register(clinic)
    name = installation.urls.app.rpartition("/")[2]
    admin = await asyncpg.connect(postgres_admin_url.rpartition("/")[0] + f"/{name}")
    try:
        await job.read(clinic.patient, exam.facts.id)
        row = await admin.fetchrow(
            "SELECT * FROM audit WHERE action = 'exam.read' AND actor_id = $1", clinic.person_id
        )
        assert (row["clinic_id"], row["patient_id"]) == (clinic.id, clinic.patient_id)
        assert (row["actor_roles"], row["purpose"]) == (["patient"], "care")
        assert (row["address"], row["trace_id"]) == ("203.0.113.9", "trace")
        assert row["resource"] == f"exam/{exam.facts.id}"
        await admin.execute("REVOKE INSERT ON audit FROM exam_results_app")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await job.read(clinic.patient, exam.facts.id)
    finally:
        await admin.execute("GRANT INSERT ON audit TO exam_results_app")
        await admin.close()


@pytest.mark.parametrize(
    ("who", "index"),
    [
        ("technician", "exams_worklist"),
        ("patient", "exams_of_person"),
        ("doctor", "exams_of_requester"),
        ("receptionist", "exams_of_clinic"),
    ],
)
async def test_a_page_walks_its_index_and_sorts_nothing(
    installation: Installation, clinic: Clinic, who: str, index: str
) -> None:
    """Sequential scans are switched off, since a small table would rightly be scanned."""
    caller: Caller = getattr(clinic, who)
    order = Order.WORKLIST if who == "technician" else Order.NEWEST
    criteria = PageCriteria(
        view=view_of(caller.principal),
        order=order,
        limit=21,
        states=tuple(sorted(ON_THE_BENCH)) if order is Order.WORKLIST else (),
        after=PageKey(1, NOW, new_id()),
    )
    async with counting(installation, caller) as (counted, session):
        explain = Explained(session)
        await counted.connection.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        audit = caller.did("exam.list", NOW, clinic_id=None)
        await PostgresExamReads(explain, Scope.of(caller.principal)).page(criteria, audit)  # type: ignore[arg-type]
    assert index in explain.plan
    assert "Sort" not in explain.plan


class Explained:
    """A session that explains instead of running."""

    def __init__(self, session: ReadSession) -> None:
        self._session = session
        self.plan = ""

    async def rows(self, sql: str, *args: Any) -> list[Any]:
        rows = await self._session.rows(f"EXPLAIN {sql}", *args)
        self.plan = "\n".join(row["QUERY PLAN"] for row in rows)
        return []
