"""Routes that order exams and find them: catalogue, registration, list, one exam."""

import hashlib
from dataclasses import replace
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Header, Request, Response

from services.exam_results.application.commands.register_exam import RegisterExam
from services.exam_results.application.policy import view_of
from services.exam_results.application.ports import ExamWork, Order, PageKey
from services.exam_results.application.queries.list_exams import ListExams, ListQuestion, order_of
from services.exam_results.application.queries.read_catalogue import catalogue_data
from services.exam_results.application.queries.read_exam import ReadExam
from services.exam_results.domain.catalogue import Catalogue
from services.exam_results.interface.http.desk import caller_of, desk_of
from services.exam_results.interface.http.list_query import (
    WayQuery,
    query_documentation,
    read_query,
    read_way,
)
from services.exam_results.interface.http.order_body import order_documentation, read_order
from services.exam_results.interface.http.schemas import Registered
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.api import json_response
from services.shared.platform.http.callers import callers
from services.shared.platform.http.hot_routes import hot
from services.shared.platform.http.pages import (
    CURSOR_INVALID,
    cursor_moment,
    decode_cursor,
    encode_cursor,
    page_of_json,
)

_RANKS = 2**15  # a cursor made up with more would not fit the column
READERS = (Role.PATIENT, Role.DOCTOR, Role.RECEPTIONIST, Role.TECHNICIAN, Role.RELEASER)


def orders_router(catalogue: Catalogue) -> APIRouter:
    router = APIRouter(tags=["exams"])
    _add_catalogue(router, catalogue)
    router.add_api_route(
        "",
        register_exam,
        methods=["POST"],
        status_code=201,
        responses={201: {"model": Registered}},
        response_model=None,
        description=RegisterExam.__doc__,
        openapi_extra=order_documentation(),
    )
    router.add_api_route(
        "",
        list_exams,
        methods=["GET"],
        response_model=None,
        description=ListExams.__doc__,
        openapi_extra=query_documentation(),
    )
    router.add_api_route("/", register_exam, methods=["POST"], response_model=None, include_in_schema=False)
    router.add_api_route("/", list_exams, methods=["GET"], response_model=None, include_in_schema=False)
    router.add_api_route(
        "/{exam_id}",
        read_exam,
        methods=["GET"],
        response_model=None,
        description=ReadExam.__doc__,
        openapi_extra=query_documentation(WayQuery),
    )
    return router


def _add_catalogue(router: APIRouter, catalogue: Catalogue) -> None:
    """The catalogue is serialized once, when the process starts."""
    body = orjson.dumps(catalogue_data(catalogue))
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"Cache-Control": "private, max-age=300", "ETag": etag}

    @router.get("/catalogue", response_model=None)
    async def read_catalogue(
        _: Annotated[
            Principal,
            callers(*READERS, Role.ADMINISTRATOR, Role.INTEGRATION, Role.SERVICE, scope="catalogue:read"),
        ],
        if_none_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        """The exams on offer, with their components, codes, units and options. Cheap to ask again: send the ETag."""
        if if_none_match is not None and etag in if_none_match:
            return Response(status_code=304, headers=headers)
        return json_response(body, headers=headers)


@hot
async def register_exam(
    request: Request,
    principal: Annotated[
        Principal, callers(Role.DOCTOR, Role.RECEPTIONIST, Role.INTEGRATION, scope="orders:write")
    ],
) -> Response:
    desk, caller = desk_of(request), caller_of(request, principal)
    posted = await read_order(request)

    async def run(work: ExamWork) -> dict[str, object]:
        exam = await desk.register.run(work, caller, posted.order)
        return {
            "id": str(exam.facts.id),
            "protocol": exam.facts.protocol,
            "state": exam.state.value,
            "version": exam.version,
        }

    answer, replayed = await desk.transactions.create_once(
        principal,
        key=posted.idempotency_key,
        route="POST /api/v1/exams",
        request=posted.body,
        run=run,
    )
    headers = {"Location": f"/api/v1/exams/{answer['id']}"}
    if replayed:
        headers["Idempotency-Replayed"] = "true"
    return json_response(dict(answer), 201, headers)


@hot
async def list_exams(request: Request, principal: Annotated[Principal, callers(*READERS)]) -> Response:
    desk, query = desk_of(request), read_query(request)
    question = query.question()
    if query.cursor is not None:
        question = _after(question, query.cursor, principal)
    async with desk.transactions.read(principal) as reads:
        found = await desk.list.run(reads, caller_of(request, principal), question)
    return json_response(page_of_json(found.items, _cursor(found.order, found.next_key)))


@hot
async def read_exam(
    request: Request,
    principal: Annotated[Principal, callers(*READERS)],
    exam_id: UUID,
) -> Response:
    desk, way = desk_of(request), read_way(request)
    async with desk.transactions.read(principal) as reads:
        found = await desk.read.run(
            reads,
            caller_of(request, principal),
            exam_id,
            person_id=way.person_id,
            emergency=way.way is not None,
        )
    return json_response(found)


def _cursor(order: Order, key: PageKey | None) -> str | None:
    if key is None:
        return None
    return encode_cursor([order.value, str(key.rank), key.created_at.isoformat(), str(key.exam_id)])


def _after(question: ListQuestion, cursor: str, principal: Principal) -> ListQuestion:
    order, rank, created_at, exam_id = decode_cursor(cursor, 4)
    try:
        key = PageKey(int(rank), cursor_moment(created_at), UUID(exam_id))
    except ValueError:
        raise CURSOR_INVALID.error(field="cursor") from None
    plain = question.person_id is None and not question.emergency
    expected = order_of(view_of(principal), question) if plain else Order.NEWEST
    if order != expected.value or not 0 <= key.rank < _RANKS:
        raise CURSOR_INVALID.error(field="cursor")
    return replace(question, after=key)
