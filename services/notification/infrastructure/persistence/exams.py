"""How far exams have come, in Mongo: maxima only, so that any order of events ends in the same document."""

from uuid import UUID

from pymongo import ReturnDocument

from services.notification.domain.exam_progress import ExamProgress
from services.notification.infrastructure.persistence.database import Database, Document


class MongoExamProgressStore:
    def __init__(self, database: Database) -> None:
        self._exams = database["exams"]

    async def find(self, exam_id: UUID) -> ExamProgress | None:
        found = await self._exams.find_one({"_id": exam_id})
        return _progress(found) if found else None

    async def join(self, progress: ExamProgress) -> ExamProgress:
        found = await self._exams.find_one_and_update(
            {"_id": progress.exam_id},
            {
                "$max": {
                    "version": progress.version,
                    "ready_version": progress.ready_version,
                    "released": int(progress.released),
                }
            },
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        assert found is not None
        return _progress(found)


def _progress(document: Document) -> ExamProgress:
    return ExamProgress(
        exam_id=document["_id"],
        version=document["version"],
        ready_version=document["ready_version"],
        released=bool(document["released"]),
    )
