"""What callers read: one file by id, or an exam's files. One consistent query each."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from services.file_management.domain.report_file import ReportFile
from services.file_management.infrastructure.dynamodb import mapping
from services.file_management.infrastructure.dynamodb.table import Table


class DynamoFiles:
    """Patients name no clinic, so the partition is found by the id alone; the clinic stands in the sort key."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def file(self, file_id: UUID) -> ReportFile | None:
        return await asyncio.to_thread(self._file, file_id)

    async def files_of(self, exam_id: UUID) -> Sequence[ReportFile]:
        return await asyncio.to_thread(self._files_of, exam_id)

    def _file(self, file_id: UUID) -> ReportFile | None:
        found = self._table.file.query(mapping.file_key(file_id), consistent_read=True, limit=1)
        row = next(iter(found), None)
        return mapping.read_file(row.file) if row else None

    def _files_of(self, exam_id: UUID) -> list[ReportFile]:
        found = self._table.folder.query(mapping.exam_key(exam_id), consistent_read=True, limit=1)
        row = next(iter(found), None)
        return list(mapping.read_folder(row).files.values()) if row else []
