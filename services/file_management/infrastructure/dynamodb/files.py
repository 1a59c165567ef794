"""What callers read: one file by id, or an exam's files. Consistent reads by key; those of one moment are one call."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from services.file_management.domain.report_file import ReportFile
from services.file_management.infrastructure.dynamodb import mapping
from services.file_management.infrastructure.dynamodb.gathering import Gathering
from services.file_management.infrastructure.dynamodb.table import Table

_KEYS_PER_CALL = 100  # BatchGetItem's limit


class DynamoFiles:
    """Patients name no clinic, so a file's key is its id alone; the clinic stands in the row, for the policy."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._reads = Gathering(self._files, at_most=_KEYS_PER_CALL)

    async def file(self, file_id: UUID) -> ReportFile | None:
        return await self._reads.ask(file_id)

    async def files_of(self, exam_id: UUID) -> Sequence[ReportFile]:
        return await asyncio.to_thread(self._files_of, exam_id)

    def _files(self, file_ids: Sequence[UUID]) -> list[ReportFile | None]:
        keys = [(mapping.file_key(file_id), mapping.FILE) for file_id in dict.fromkeys(file_ids)]
        rows = self._table.file.batch_get(keys, consistent_read=True)
        found = {file.id: file for file in (mapping.read_file(row.file) for row in rows)}
        return [found.get(file_id) for file_id in file_ids]

    def _files_of(self, exam_id: UUID) -> list[ReportFile]:
        found = self._table.folder.query(mapping.exam_key(exam_id), consistent_read=True, limit=1)
        row = next(iter(found), None)
        return list(mapping.read_folder(row).files.values()) if row else []
