"""The event stream in PostgreSQL, and what is written beside it in the same transaction."""

from collections.abc import Sequence
from uuid import UUID

from services.exam_results.domain.exam import Exam, Recorded
from services.exam_results.domain.lifecycle import Lifecycle
from services.exam_results.infrastructure.persistence.event_codec import decode, encode
from services.exam_results.infrastructure.persistence.exam_rows import KEEP_NEWER, exam_row
from services.exam_results.infrastructure.wire_events import wire_messages
from services.shared.platform.postgres.database import WriteSession
from services.shared.platform.postgres.outbox import add_to_outbox

_LOAD = """
SELECT exam_id, version, type, at, event_id, actor_id, data FROM exam_events WHERE exam_id = $1 ORDER BY version
"""
_BARCODE_TAKEN = """
SELECT EXISTS (SELECT FROM exams WHERE clinic_id = $1 AND barcode = $2 AND patient_id <> $3)
"""


_OF_PATIENT_NOT_OF = """
SELECT exam_id FROM exams WHERE clinic_id = (SELECT clinic_id FROM patients WHERE patient_id = $1)
AND patient_id = $1 AND person_id <> $2 ORDER BY exam_id
"""


class PostgresExamStore:
    def __init__(self, session: WriteSession, lifecycle: Lifecycle, topic: str) -> None:
        self._session = session
        self._lifecycle = lifecycle
        self._topic = topic

    async def load(self, exam_id: UUID) -> Exam | None:
        rows = await self._session.rows(_LOAD, exam_id)
        return Exam.fold((decode(row) for row in rows), self._lifecycle) if rows else None

    async def save(self, exam: Exam) -> None:
        if not exam.recorded:
            return
        await self._append(exam, exam.recorded)
        await self.project(exam)
        messages = [(message, self._topic) for message in wire_messages(exam)]
        await add_to_outbox(self._session, messages)
        exam.recorded.clear()

    async def project(self, exam: Exam) -> None:
        """Bring the read table's row to this exam; a row that knows more stays."""
        await self._session.insert("exams", [exam_row(exam)], KEEP_NEWER)

    async def of_patient_not_of(self, patient_id: UUID, person_id: UUID) -> Sequence[UUID]:
        rows = await self._session.rows(_OF_PATIENT_NOT_OF, patient_id, person_id)
        return [row["exam_id"] for row in rows]

    async def barcode_is_anothers(self, clinic_id: UUID, barcode: str, patient_id: UUID) -> bool:
        await self._session.value(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"barcode/{clinic_id}/{barcode}"
        )
        taken: bool = await self._session.value(_BARCODE_TAKEN, clinic_id, barcode, patient_id)
        return taken

    async def _append(self, exam: Exam, recorded: Sequence[Recorded]) -> None:
        rows = []
        for each in recorded:
            event_type, data = encode(each.event)
            rows.append(
                {
                    "exam_id": exam.facts.id,
                    "version": each.version,
                    "clinic_id": exam.facts.clinic_id,
                    "type": event_type,
                    "at": each.event.occurred_at,
                    "event_id": each.event.event_id,
                    "actor_id": each.event.actor_id,
                    "data": data,
                }
            )
        await self._session.insert("exam_events", rows)
