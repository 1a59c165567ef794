"""Routes that move one exam along: schedule, collection, analysis, results, completion, and the ways back."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response

from services.exam_results.application.commands.cancel_exam import CancelExam
from services.exam_results.application.commands.collect_specimen import Collection, CollectSpecimen
from services.exam_results.application.commands.complete_exam import CompleteExam
from services.exam_results.application.commands.enter_results import EnterResults
from services.exam_results.application.commands.release_exam import ReleaseExam
from services.exam_results.application.commands.request_recollection import RequestRecollection
from services.exam_results.application.commands.return_exam import ReturnExam
from services.exam_results.application.commands.schedule_exam import ScheduleExam
from services.exam_results.application.commands.start_analysis import StartAnalysis
from services.exam_results.domain.entry import AMBIGUOUS_SEPARATOR, UNUSUAL, TypedValue, Warned
from services.exam_results.interface.http.desk import caller_of, desk_of
from services.exam_results.interface.http.schemas import (
    CollectionBody,
    CompletionBody,
    NothingBody,
    ReasonBody,
    ReleaseBody,
    ResultsBody,
    ScheduleBody,
)
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.api import json_response
from services.shared.platform.http.callers import callers

_WARNINGS = {
    UNUSUAL: (
        "Valor muito fora do habitual. Confira a vírgula e a unidade.",
        "Far from the usual. Check the decimal separator and the unit.",
    ),
    AMBIGUOUS_SEPARATOR: (
        "O ponto foi lido como separador decimal, não de milhar. Confira.",
        "The point was read as a decimal separator, not a thousands separator. Check it.",
    ),
}
_Technician = Annotated[Principal, callers(Role.TECHNICIAN)]
_Releaser = Annotated[Principal, callers(Role.RELEASER)]


def bench_router() -> APIRouter:
    router = APIRouter(tags=["bench"])
    for name, method, endpoint, use_case in (
        ("schedule", "POST", schedule, ScheduleExam),
        ("collection", "POST", collect, CollectSpecimen),
        ("analysis", "POST", start_analysis, StartAnalysis),
        ("results", "PUT", enter_results, EnterResults),
        ("completion", "POST", complete, CompleteExam),
        ("return", "POST", send_back, ReturnExam),
        ("release", "POST", release, ReleaseExam),
        ("recollection", "POST", recollect, RequestRecollection),
        ("cancellation", "POST", cancel, CancelExam),
    ):
        router.add_api_route(
            f"/{{exam_id}}/{name}",
            endpoint,
            methods=[method],
            response_model=None,
            description=use_case.__doc__,
        )
    return router


async def schedule(
    request: Request,
    principal: Annotated[Principal, callers(Role.RECEPTIONIST, Role.PATIENT)],
    exam_id: UUID,
    body: ScheduleBody,
) -> Response:
    desk, caller = desk_of(request), caller_of(request, principal)
    async with desk.transactions.change(principal, exam_id) as work:
        await desk.schedule.run(work, caller, exam_id, body.scheduled_at)
        exam = await desk.read.after_change(work.reads, caller, exam_id)
    return json_response(exam)


async def collect(request: Request, principal: _Technician, exam_id: UUID, body: CollectionBody) -> Response:
    desk, caller = desk_of(request), caller_of(request, principal)
    collection = Collection(body.barcode, body.collected_at, tuple(body.patient_identified_by))
    async with desk.transactions.change(principal, exam_id) as work:
        await desk.collect.run(work, caller, exam_id, collection)
        exam = await desk.read.after_change(work.reads, caller, exam_id)
    return json_response(exam)


async def start_analysis(
    request: Request, principal: _Technician, exam_id: UUID, _: NothingBody | None = None
) -> Response:
    desk, caller = desk_of(request), caller_of(request, principal)
    async with desk.transactions.change(principal, exam_id) as work:
        await desk.start_analysis.run(work, caller, exam_id)
        exam = await desk.read.after_change(work.reads, caller, exam_id)
    return json_response(exam)


async def enter_results(
    request: Request, principal: _Technician, exam_id: UUID, body: ResultsBody
) -> Response:
    desk, caller = desk_of(request), caller_of(request, principal)
    typed = [TypedValue(each.code, each.value, each.unit) for each in body.values]
    async with desk.transactions.change(principal, exam_id) as work:
        entered = await desk.enter_results.run(work, caller, exam_id, body.version, typed)
        exam = await desk.read.after_change(work.reads, caller, exam_id)
    found = {
        "criticals": list(entered.criticals),
        "warnings": [_warning(each) for each in entered.warnings],
    }
    return json_response(exam[:-1] + b"," + orjson.dumps(found)[1:])


async def complete(request: Request, principal: _Technician, exam_id: UUID, body: CompletionBody) -> Response:
    desk, caller = desk_of(request), caller_of(request, principal)
    async with desk.transactions.change(principal, exam_id) as work:
        await desk.complete.run(work, caller, exam_id, body.version, _repeated(body))
        exam = await desk.read.after_change(work.reads, caller, exam_id)
    return json_response(exam)


async def send_back(request: Request, principal: _Releaser, exam_id: UUID, body: ReasonBody) -> Response:
    desk, caller = desk_of(request), caller_of(request, principal)
    async with desk.transactions.change(principal, exam_id) as work:
        await desk.send_back.run(work, caller, exam_id, body.reason)
        exam = await desk.read.after_change(work.reads, caller, exam_id)
    return json_response(exam)


async def release(request: Request, principal: _Releaser, exam_id: UUID, body: ReleaseBody) -> Response:
    desk, caller = desk_of(request), caller_of(request, principal)
    async with desk.transactions.change(principal, exam_id) as work:
        await desk.release.run(work, caller, exam_id, body.version)
        exam = await desk.read.after_change(work.reads, caller, exam_id)
    return json_response(exam)


async def recollect(
    request: Request,
    principal: Annotated[Principal, callers(Role.TECHNICIAN, Role.RELEASER)],
    exam_id: UUID,
    body: ReasonBody,
) -> Response:
    desk, caller = desk_of(request), caller_of(request, principal)
    async with desk.transactions.change(principal, exam_id) as work:
        await desk.recollect.run(work, caller, exam_id, body.reason)
        exam = await desk.read.after_change(work.reads, caller, exam_id)
    return json_response(exam)


async def cancel(
    request: Request,
    principal: Annotated[Principal, callers(Role.RECEPTIONIST, Role.DOCTOR, Role.PATIENT, Role.RELEASER)],
    exam_id: UUID,
    body: ReasonBody,
) -> Response:
    desk, caller = desk_of(request), caller_of(request, principal)
    async with desk.transactions.change(principal, exam_id) as work:
        await desk.cancel.run(work, caller, exam_id, body.reason)
        exam = await desk.read.after_change(work.reads, caller, exam_id)
    return json_response(exam)


def _repeated(body: CompletionBody) -> frozenset[str] | None:
    """None stands for every critical item."""
    if isinstance(body.criticals_repeated, bool):
        return None if body.criticals_repeated else frozenset()
    return frozenset(body.criticals_repeated)


def _warning(warned: Warned) -> dict[str, Any]:
    pt, en = _WARNINGS[warned.reason]
    return {"code": warned.code, "reason": warned.reason, "detail_pt": pt, "detail_en": en}
