"""From exam-results' events to this service's commands."""

from services.notification.application.commands.announce_completion import AnnounceCompletion, CompletedExam
from services.notification.application.commands.announce_report import AnnounceReport, ReadyReport
from services.notification.application.commands.follow_exam import ExamChange, FollowExam
from services.notification.application.commands.tell_person import Told
from services.shared.contracts.exam_results import ExamCompleted, ExamCreated, ExamResultReady, ExamUpdated
from services.shared.platform.messaging.envelope import Message


class ExamEvents:
    def __init__(
        self,
        *,
        follow_exam: FollowExam,
        announce_completion: AnnounceCompletion,
        announce_report: AnnounceReport,
    ) -> None:
        self._follow = follow_exam
        self._completion = announce_completion
        self._report = announce_report

    async def __call__(self, message: Message) -> Told:
        data = message.data
        if isinstance(data, ExamCompleted):
            return await self._completion(
                CompletedExam(
                    exam_id=data.exam_id,
                    version=data.version,
                    person_id=data.person_id,
                    clinic_id=message.clinic_id,
                    report_version=data.report_version,
                    collected_at=data.collected_at,
                    traceparent=message.traceparent,
                )
            )
        if isinstance(data, ExamUpdated) and data.person_changed:
            return Told.DONE  # whose exam it is changed, nothing that the person was told of
        if isinstance(data, ExamResultReady):
            return await self._report(
                ReadyReport(
                    exam_id=data.exam_id,
                    version=data.version,
                    person_id=data.person_id,
                    clinic_id=message.clinic_id,
                    report_version=data.report_version,
                    traceparent=message.traceparent,
                )
            )
        assert isinstance(data, ExamCreated | ExamUpdated)
        return await self._follow(_change(message, data))


def _change(message: Message, data: ExamCreated | ExamUpdated) -> ExamChange:
    update = data if isinstance(data, ExamUpdated) else None
    return ExamChange(
        exam_id=data.exam_id,
        version=data.version,
        person_id=data.person_id,
        clinic_id=message.clinic_id,
        state=data.state,
        previous_state=update.previous_state if update else None,
        scheduled_at=data.scheduled_at,
        ever_released=update.ever_released if update else False,
        traceparent=message.traceparent,
    )
