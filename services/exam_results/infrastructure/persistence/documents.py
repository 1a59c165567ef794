"""Snapshots (kept for good) and what file-management told of files, in PostgreSQL."""

from services.exam_results.application.ports import ExamFile
from services.exam_results.domain.exam import Exam
from services.exam_results.domain.report import Snapshot
from services.shared.platform.postgres.database import WriteSession


class PostgresReports:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def keep(self, snapshot: Snapshot, exam: Exam) -> None:
        await self._session.execute(
            """INSERT INTO reports (exam_id, report_version, stage, exam_version, clinic_id, patient_id, body, sha256)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
            snapshot.exam_id,
            snapshot.report_version,
            snapshot.stage.value,
            exam.version,
            exam.facts.clinic_id,
            exam.facts.patient_id,
            snapshot.body,
            snapshot.sha256,
        )


class PostgresExamFiles:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def put(self, file: ExamFile, version: int) -> bool:
        tag = await self._session.execute(
            """INSERT INTO exam_files (file_id, exam_id, clinic_id, kind, report_version, sha256, processed_at,
                                       ready, deleted, version)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
               ON CONFLICT (file_id) DO UPDATE SET deleted = excluded.deleted, version = excluded.version,
                   sha256 = excluded.sha256, report_version = excluded.report_version,
                   processed_at = excluded.processed_at, ready = excluded.ready
               WHERE exam_files.version < excluded.version
                  OR (exam_files.version = excluded.version AND excluded.ready AND NOT exam_files.ready)""",
            file.id,
            file.exam_id,
            file.clinic_id,
            file.kind,
            file.report_version,
            file.sha256,
            file.processed_at,
            file.ready,
            file.deleted,
            version,
        )
        return tag == "INSERT 0 1"
