"""One writing transaction over PostgreSQL, as the use cases see it."""

from services.exam_results.application.ports import RecordedRelation
from services.exam_results.domain.lifecycle import Lifecycle
from services.exam_results.infrastructure.persistence.care_relations import PostgresCareRelations
from services.exam_results.infrastructure.persistence.documents import (
    PostgresExamFiles,
    PostgresReports,
)
from services.exam_results.infrastructure.persistence.exam_reads import PostgresExamReads
from services.exam_results.infrastructure.persistence.exam_store import PostgresExamStore
from services.exam_results.infrastructure.persistence.identities import PostgresIdentities
from services.exam_results.infrastructure.persistence.people import PostgresPeople
from services.exam_results.infrastructure.wire_events import CRITICAL_QUEUE, emergency_message
from services.shared.kernel.audit import AuditEntry
from services.shared.platform.postgres.database import WriteSession
from services.shared.platform.postgres.outbox import add_to_outbox
from services.shared.platform.postgres.together import Together


class PostgresExamWork:
    def __init__(self, session: WriteSession, lifecycle: Lifecycle, topic: str) -> None:
        self.exams = PostgresExamStore(session, lifecycle, topic)
        self.people = PostgresPeople(session, session.scope if isinstance(session, Together) else None)
        self.reports = PostgresReports(session)
        self.files = PostgresExamFiles(session)
        self.relations = PostgresCareRelations(session)
        self.identities = PostgresIdentities(session)
        self.reads = PostgresExamReads(session)
        self._session = session

    async def tell_of_emergency(self, recorded: RecordedRelation) -> None:
        await add_to_outbox(self._session, [(emergency_message(recorded), CRITICAL_QUEUE)])

    async def audit(self, entry: AuditEntry) -> None:
        await self._session.audit(entry)
