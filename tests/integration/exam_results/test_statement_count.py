"""The first page of 10,000 exams and the page of one exam take as many statements as with ten: one each.

And the page reads as many rows: a plan that gathers them all and sorts would still be one statement.
"""

import re
from uuid import UUID

import asyncpg
import pytest

from services.exam_results.application.caller import Caller
from services.exam_results.application.queries.list_exams import ListQuestion
from services.exam_results.infrastructure.persistence.exam_reads import PostgresExamReads
from services.shared.platform.postgres.database import ReadSession, Scope
from tests.integration.exam_results.database import Installation
from tests.unit.exam_results.samples import Clinic, Job

_FEW, _MANY = 10, 10_000
_PAGE = 20
_CLONE = """
INSERT INTO exams
SELECT (jsonb_populate_record(e, jsonb_build_object(
    'exam_id', gen_random_uuid(), 'protocol', 'C-' || n, 'barcode', 'C' || n,
    'created_at', e.created_at - make_interval(mins => n)))).*
FROM exams e, generate_series($2::int, $3::int) n WHERE e.exam_id = $1
"""


async def more_exams(
    admin_url: str, installation: Installation, exam_id: UUID, first: int, last: int
) -> None:
    name = installation.urls.app.rpartition("/")[2]
    admin = await asyncpg.connect(admin_url.rpartition("/")[0] + f"/{name}")
    try:
        await admin.execute(_CLONE, exam_id, first, last)
        await admin.execute("ANALYZE exams")
    finally:
        await admin.close()


async def statements_of(job: Job, caller: Caller, exam_id: UUID, statements: list[str]) -> tuple[int, int]:
    """The fewest of three: what else lives in this process may ask something meanwhile."""
    counts = [await _once(job, caller, exam_id, statements) for _ in range(3)]
    return min(of_list for of_list, _ in counts), min(of_exam for _, of_exam in counts)


async def _once(job: Job, caller: Caller, exam_id: UUID, statements: list[str]) -> tuple[int, int]:
    statements.clear()
    async with job.transactions.read(caller.principal) as reads:
        page = await job.desk.list.run(reads, caller, ListQuestion())
    of_list = len(statements)
    assert page.items
    statements.clear()
    assert (await job.read(caller, exam_id))["id"] == str(exam_id)
    return of_list, len(statements)


@pytest.mark.parametrize("who", ["patient", "doctor", "technician", "receptionist"])
async def test_list_and_exam_take_one_statement_each_at_ten_and_at_ten_thousand_exams(
    installation: Installation,
    job: Job,
    clinic: Clinic,
    postgres_admin_url: str,
    statements: list[str],
    who: str,
) -> None:
    caller: Caller = getattr(clinic, who)
    exam_id = (await job.register(clinic)).facts.id
    await more_exams(postgres_admin_url, installation, exam_id, 1, _FEW - 1)
    few = await statements_of(job, caller, exam_id, statements)
    await more_exams(postgres_admin_url, installation, exam_id, _FEW, _MANY - 1)
    assert few == await statements_of(job, caller, exam_id, statements) == (1, 1)
    assert await exams_read_for_a_page(installation, job, caller) <= _PAGE + 1


async def exams_read_for_a_page(installation: Installation, job: Job, caller: Caller) -> int:
    """Ask PostgreSQL how many exams the plan took from the table, scope set by the statement as ever."""
    async with installation.database.statements() as session:
        explained = Explained(session)
        reads = PostgresExamReads(explained, Scope.of(caller.principal))  # type: ignore[arg-type]
        await job.desk.list.run(reads, caller, ListQuestion(limit=_PAGE))
    (line,) = [line for line in explained.plan.splitlines() if " on exams e " in line]
    return int(re.findall(r"rows=(\d+)", line)[-1])


class Explained:
    """A session that runs a statement for its plan."""

    def __init__(self, session: ReadSession) -> None:
        self._session = session
        self.plan = ""

    async def rows(self, sql: str, *args: object) -> list[object]:
        rows = await self._session.rows(f"EXPLAIN (ANALYZE, TIMING OFF) {sql}", *args)
        self.plan = "\n".join(row["QUERY PLAN"] for row in rows)
        return []
