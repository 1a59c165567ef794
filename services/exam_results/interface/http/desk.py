"""What the routes work with: the transactions, the use cases, and who is calling."""

from dataclasses import dataclass

from fastapi import Request

from services.exam_results.application.caller import Caller
from services.exam_results.application.commands.cancel_exam import CancelExam
from services.exam_results.application.commands.collect_specimen import CollectSpecimen
from services.exam_results.application.commands.complete_exam import CompleteExam
from services.exam_results.application.commands.end_share import EndShare
from services.exam_results.application.commands.enter_results import EnterResults
from services.exam_results.application.commands.open_emergency_access import OpenEmergencyAccess
from services.exam_results.application.commands.register_exam import RegisterExam
from services.exam_results.application.commands.release_exam import ReleaseExam
from services.exam_results.application.commands.request_recollection import RequestRecollection
from services.exam_results.application.commands.return_exam import ReturnExam
from services.exam_results.application.commands.schedule_exam import ScheduleExam
from services.exam_results.application.commands.share_exams import ShareExams
from services.exam_results.application.commands.start_analysis import StartAnalysis
from services.exam_results.application.exam_json import ExamJson
from services.exam_results.application.ports import Transactions
from services.exam_results.application.queries.check_access import CheckAccess
from services.exam_results.application.queries.list_exams import ListExams
from services.exam_results.application.queries.list_relations import (
    ListEmergencyAccesses,
    ListOwnRelations,
    ListSharedWithMe,
)
from services.exam_results.application.queries.read_exam import ReadExam
from services.exam_results.application.queries.read_snapshot import ReadSnapshot
from services.exam_results.domain.catalogue import Catalogue
from services.exam_results.domain.lifecycle import Lifecycle
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Principal
from services.shared.platform.http.callers import address_of
from services.shared.platform.tracing import current_trace_id


@dataclass(frozen=True)
class Desk:
    transactions: Transactions
    catalogue: Catalogue
    register: RegisterExam
    schedule: ScheduleExam
    collect: CollectSpecimen
    start_analysis: StartAnalysis
    enter_results: EnterResults
    complete: CompleteExam
    send_back: ReturnExam
    release: ReleaseExam
    recollect: RequestRecollection
    cancel: CancelExam
    list: ListExams
    read: ReadExam
    snapshot: ReadSnapshot
    open_emergency: OpenEmergencyAccess
    list_emergencies: ListEmergencyAccesses
    share: ShareExams
    end_share: EndShare
    list_shared: ListSharedWithMe
    list_own_relations: ListOwnRelations
    check_access: CheckAccess


def build_desk(transactions: Transactions, catalogue: Catalogue, lifecycle: Lifecycle, clock: Clock) -> Desk:
    """The one place where the API's use cases come together; tests pass in-memory transactions."""
    json = ExamJson(catalogue, lifecycle)
    return Desk(
        transactions=transactions,
        catalogue=catalogue,
        register=RegisterExam(catalogue, lifecycle, clock),
        schedule=ScheduleExam(clock),
        collect=CollectSpecimen(clock),
        start_analysis=StartAnalysis(clock),
        enter_results=EnterResults(catalogue, clock),
        complete=CompleteExam(catalogue, clock),
        send_back=ReturnExam(clock),
        release=ReleaseExam(catalogue, clock),
        recollect=RequestRecollection(clock),
        cancel=CancelExam(clock),
        list=ListExams(catalogue, json, clock),
        read=ReadExam(json, clock),
        snapshot=ReadSnapshot(clock),
        open_emergency=OpenEmergencyAccess(clock),
        list_emergencies=ListEmergencyAccesses(clock),
        share=ShareExams(clock),
        end_share=EndShare(clock),
        list_shared=ListSharedWithMe(clock),
        list_own_relations=ListOwnRelations(clock),
        check_access=CheckAccess(clock),
    )


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def caller_of(request: Request, principal: Principal) -> Caller:
    return Caller(principal, address_of(request), current_trace_id())
