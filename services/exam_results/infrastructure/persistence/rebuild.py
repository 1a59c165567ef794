"""Works the read table `exams` out again from the stream, clinic by clinic, while the service runs.

Each exam is one short transaction; a row that a command has brought further meanwhile stays. Reports, people and files
are no projections of this stream and are left alone.
"""

from uuid import UUID

from services.exam_results.domain.exam import Exam
from services.exam_results.domain.lifecycle import Lifecycle
from services.exam_results.infrastructure.persistence.exam_store import PostgresExamStore
from services.shared.platform.postgres.database import Database, Scope

_PAGE = 500
_EXAMS_AFTER = """
SELECT DISTINCT exam_id FROM exam_events
WHERE clinic_id = $1 AND ($2::uuid IS NULL OR exam_id > $2) ORDER BY exam_id LIMIT $3
"""
_ORPHANS = """
DELETE FROM exams e WHERE clinic_id = $1
AND NOT EXISTS (SELECT FROM exam_events v WHERE v.exam_id = e.exam_id)
"""


async def rebuild_projections(database: Database, lifecycle: Lifecycle) -> int:
    """Return how many exams were rebuilt."""
    async with database.read(Scope()) as session:
        clinics = [row["clinic_id"] for row in await session.rows("SELECT clinic_id FROM laboratories")]
    return sum([await _rebuild_clinic(database, lifecycle, clinic) for clinic in clinics])


async def _rebuild_clinic(database: Database, lifecycle: Lifecycle, clinic_id: UUID) -> int:
    scope = Scope(clinic_id=clinic_id)
    async with database.write(scope) as session:
        await session.execute(_ORPHANS, clinic_id)
    count, last = 0, None
    while True:
        async with database.read(scope) as session:
            rows = await session.rows(_EXAMS_AFTER, clinic_id, last, _PAGE)
        for row in rows:
            last = row["exam_id"]
            async with database.write(scope) as session:
                store = PostgresExamStore(session, lifecycle, topic="")
                exam: Exam | None = await store.load(row["exam_id"])
                if exam is not None:
                    await store.project(exam)
            count += 1
        if len(rows) < _PAGE:
            return count
