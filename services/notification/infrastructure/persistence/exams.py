"""How far exams have come, in Mongo: maxima only, so that any order of events ends in the same document."""

import asyncio
from uuid import UUID

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from services.notification.domain.exam_progress import ExamProgress
from services.notification.infrastructure.persistence.database import Database, Document
from services.shared.kernel.errors import UNAVAILABLE

_TRIES = 20
_PAUSE_S = 0.02


class MongoExamProgressStore:
    def __init__(self, database: Database) -> None:
        self._exams = database["exams"]

    async def find(self, exam_id: UUID) -> ExamProgress | None:
        found = await self._exams.find_one({"_id": exam_id})
        return _progress(found) if found else None

    async def join(self, progress: ExamProgress) -> ExamProgress:
        """Two first events of one exam may race for its document: the loser joins it in the next try."""
        for _ in range(_TRIES):
            found = await self._raise_maxima(progress)
            if found is not None:
                return _progress(found)
            await asyncio.sleep(_PAUSE_S)
        raise UNAVAILABLE.error()

    async def _raise_maxima(self, progress: ExamProgress) -> Document | None:
        maxima = {
            "version": progress.version,
            "ready_version": progress.ready_version,
            "released": int(progress.released),
        }
        try:
            return await self._exams.find_one_and_update(
                {"_id": progress.exam_id},
                {"$max": maxima},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:
            return None


def _progress(document: Document) -> ExamProgress:
    return ExamProgress(
        exam_id=document["_id"],
        version=document["version"],
        ready_version=document["ready_version"],
        released=bool(document["released"]),
    )
