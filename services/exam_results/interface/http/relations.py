"""Routes of who else may read: shares, emergency accesses, and the question that file-management asks."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response

from services.exam_results.application.commands.end_share import EndShare
from services.exam_results.application.commands.open_emergency_access import OpenEmergencyAccess
from services.exam_results.application.commands.share_exams import Share, ShareExams
from services.exam_results.application.ports import ExamWork, RecordedRelation, RelationKey
from services.exam_results.application.queries.check_access import CheckAccess
from services.exam_results.application.queries.list_relations import (
    ListEmergencyAccesses,
    ListOwnRelations,
    ListSharedWithMe,
)
from services.exam_results.interface.http.desk import caller_of, desk_of
from services.exam_results.interface.http.schemas import EmergencyBody, RelationMade, ShareBody
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.api import json_response
from services.shared.platform.http.callers import callers
from services.shared.platform.http.pages import CURSOR_INVALID, decode_cursor, encode_cursor, page

_Key = Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=200)]
_EMERGENCIES = "/emergency-accesses"


def relations_router() -> APIRouter:
    """To be included before the routes of one exam: these paths are no exam's id."""
    router = APIRouter(tags=["relations"])
    made: dict[int | str, dict[str, Any]] = {201: {"model": RelationMade}}
    for path, method, endpoint, use_case in (
        (_EMERGENCIES, "POST", open_emergency, OpenEmergencyAccess),
        (_EMERGENCIES, "GET", list_emergencies, ListEmergencyAccesses),
        ("/shares", "POST", share, ShareExams),
        ("/shares", "GET", list_shared, ListSharedWithMe),
        ("/shares/{relation_id}", "DELETE", end_share, EndShare),
        ("/relations", "GET", list_own, ListOwnRelations),
        ("/{exam_id}/access", "GET", check_access, CheckAccess),
    ):
        router.add_api_route(
            path,
            endpoint,
            methods=[method],
            response_model=None,
            description=use_case.__doc__,
            status_code={"POST": 201, "GET": 200, "DELETE": 204}[method],
            responses=made if method == "POST" else None,
        )
    return router


async def open_emergency(
    request: Request,
    principal: Annotated[Principal, callers(Role.DOCTOR)],
    body: EmergencyBody,
    idempotency_key: _Key,
) -> Response:
    desk, caller = desk_of(request), caller_of(request, principal)

    async def run(work: ExamWork) -> dict[str, object]:
        return _made(await desk.open_emergency.run(work, caller, body.patient_id, body.reason))

    answer, _ = await desk.transactions.change_once(
        principal,
        key=idempotency_key,
        route="POST /api/v1/exams/emergency-accesses",
        request=await request.body(),
        run=run,
    )
    return json_response(dict(answer), 201)


async def list_emergencies(
    request: Request,
    principal: Annotated[Principal, callers(Role.AUDITOR)],
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Response:
    desk, caller = desk_of(request), caller_of(request, principal)
    async with desk.transactions.read(principal) as reads:
        items, last = await desk.list_emergencies.run(reads, caller, _after(cursor), limit)
    key = [last.starts_at.isoformat(), str(last.relation_id)] if last else None
    return json_response(page(items, encode_cursor(key) if key else None))


async def share(
    request: Request,
    principal: Annotated[Principal, callers(Role.PATIENT, Role.DOCTOR)],
    body: ShareBody,
    idempotency_key: _Key,
) -> Response:
    desk, caller = desk_of(request), caller_of(request, principal)
    asked = Share(
        council=body.council,
        number=body.number,
        uf=body.uf,
        until=body.until,
        exam_id=body.exam_id,
        clinic_id=body.clinic_id,
    )

    async def run(work: ExamWork) -> dict[str, object]:
        return _made(await desk.share.run(work, caller, asked))

    answer, _ = await desk.transactions.change_once(
        principal,
        key=idempotency_key,
        route="POST /api/v1/exams/shares",
        request=await request.body(),
        run=run,
    )
    return json_response(dict(answer), 201)


async def list_shared(request: Request, principal: Annotated[Principal, callers(Role.DOCTOR)]) -> Response:
    desk, caller = desk_of(request), caller_of(request, principal)
    async with desk.transactions.read(principal) as reads:
        return json_response(page(await desk.list_shared.run(reads, caller), None))


async def end_share(
    request: Request, principal: Annotated[Principal, callers(Role.PATIENT, Role.DOCTOR)], relation_id: UUID
) -> Response:
    desk, caller = desk_of(request), caller_of(request, principal)
    async with desk.transactions.change(principal, relation_id) as work:
        await desk.end_share.run(work, caller, relation_id)
    return Response(status_code=204)


async def list_own(request: Request, principal: Annotated[Principal, callers(Role.PATIENT)]) -> Response:
    desk, caller = desk_of(request), caller_of(request, principal)
    async with desk.transactions.read(principal) as reads:
        return json_response(page(await desk.list_own_relations.run(reads, caller), None))


async def check_access(
    request: Request,
    principal: Annotated[Principal, callers(Role.PATIENT, Role.DOCTOR)],
    exam_id: UUID,
    person_id: UUID,
) -> Response:
    desk, caller = desk_of(request), caller_of(request, principal)
    async with desk.transactions.read(principal) as reads:
        return json_response(await desk.check_access.run(reads, caller, exam_id, person_id))


def _made(recorded: RecordedRelation) -> dict[str, object]:
    """Ids and times: the answer is kept for replays."""
    relation = recorded.relation
    until = relation.until.isoformat() if relation.until else None
    return {
        "id": str(relation.id),
        "patient_id": str(recorded.patient_id),
        "person_id": str(relation.person_id),
        "until": until,
    }


def _after(cursor: str | None) -> RelationKey | None:
    if cursor is None:
        return None
    starts_at, relation_id = decode_cursor(cursor, 2)
    try:
        key = RelationKey(datetime.fromisoformat(starts_at), UUID(relation_id))
    except ValueError:
        raise CURSOR_INVALID.error(field="cursor") from None
    if key.starts_at.tzinfo is None:
        raise CURSOR_INVALID.error(field="cursor")
    return key
