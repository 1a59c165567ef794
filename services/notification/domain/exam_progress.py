"""How far an exam is known to have come, whatever the order in which its events arrive."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamProgress:
    exam_id: UUID
    version: int  # of the exam's stream
    ready_version: int = 0  # the newest report the person may read
    released: bool = False  # was ever released, read or not

    def joined(self, other: "ExamProgress") -> "ExamProgress":
        """Return the furthest of both: joining again, or in another order, gives the same."""
        return ExamProgress(
            exam_id=self.exam_id,
            version=max(self.version, other.version),
            ready_version=max(self.ready_version, other.ready_version),
            released=self.released or other.released,
        )
