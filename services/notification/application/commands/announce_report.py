"""Tell a patient that a signed report can be read from now on."""

from dataclasses import dataclass
from uuid import UUID

from services.notification.application.commands.tell_person import TellPerson, Told
from services.notification.application.ports import ExamProgressStore
from services.notification.domain.decision import SUPERSEDED
from services.notification.domain.exam_progress import ExamProgress
from services.notification.domain.notice import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyReport:
    exam_id: UUID
    version: int
    person_id: UUID
    clinic_id: UUID
    report_version: int
    traceparent: str


class AnnounceReport:
    """The first version is announced as a new document, later ones as an update of it.

    A version that arrives after a newer one was announced is recorded as superseded and not sent.
    """

    def __init__(self, *, exams: ExamProgressStore, tell: TellPerson) -> None:
        self._exams = exams
        self._tell = tell

    async def __call__(self, report: ReadyReport) -> Told:
        known = await self._exams.join(
            ExamProgress(
                exam_id=report.exam_id,
                version=report.version,
                ready_version=report.report_version,
                released=True,
            )
        )
        return await self._tell(
            Notice(
                reason=f"exam:{report.exam_id}:ready:{report.report_version}",
                template="ready" if report.report_version == 1 else "corrected",
                person_id=report.person_id,
                clinic_id=report.clinic_id,
                exam_id=report.exam_id,
                obsolete=SUPERSEDED if known.ready_version > report.report_version else None,
                traceparent=report.traceparent,
            )
        )
