"""The renderer's route."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.exam_results.application.queries.read_snapshot import ReadSnapshot
from services.exam_results.domain.report import Stage
from services.exam_results.interface.http.bounds import Version
from services.exam_results.interface.http.desk import caller_of, desk_of
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.api import json_response
from services.shared.platform.http.callers import callers


def reports_router() -> APIRouter:
    router = APIRouter(tags=["reports"])
    router.add_api_route(
        "/{exam_id}/reports/{report_version}/snapshot",
        read_snapshot,
        methods=["GET"],
        response_model=None,
        description=ReadSnapshot.__doc__,
    )
    return router


async def read_snapshot(
    request: Request,
    principal: Annotated[Principal, callers(Role.SERVICE, scope="snapshot:read")],
    exam_id: UUID,
    report_version: Version,
    stage: Annotated[Stage, Query()] = Stage.FINAL,
) -> Response:
    desk = desk_of(request)
    async with desk.transactions.read(principal) as reads:
        found = await desk.snapshot.run(reads, caller_of(request, principal), exam_id, report_version, stage)
    return json_response(found.body.encode(), headers={"ETag": f'"{found.sha256}"'})
