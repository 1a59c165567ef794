"""Routes under `/api/v1/files`."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.file_management.application.caller import Caller
from services.file_management.application.commands.issue_download_link import IssueDownloadLink
from services.file_management.application.policy import CALLERS
from services.file_management.application.ports import LINK_SECONDS
from services.file_management.application.queries.check_code import CheckCode
from services.file_management.application.queries.list_files import ListFiles
from services.file_management.application.queries.read_file import ReadFile
from services.file_management.interface.http.schemas import (
    FileBody,
    FilePage,
    LinkBody,
    VerificationBody,
    file_body,
    verification_body,
)
from services.shared.kernel.errors import INVALID
from services.shared.kernel.principal import Principal
from services.shared.platform.http.api import json_response
from services.shared.platform.http.callers import address_of, callers, public
from services.shared.platform.http.hot_routes import hot
from services.shared.platform.rate_limits.limit import By, Limit
from services.shared.platform.tracing import current_trace_id

VERIFICATION = (Limit("verification", 30, 60, By.ADDRESS, shared=True),)
_PRIVATE = "private, no-store"
_AS = ("redirect", "json")
_DOWNLOAD_AS = {
    "parameters": [
        {"name": "as", "in": "query", "required": False, "schema": {"type": "string", "enum": list(_AS)}}
    ]
}


@dataclass(frozen=True)
class FileUseCases:
    list_files: ListFiles
    read_file: ReadFile
    issue_download_link: IssueDownloadLink
    check_code: CheckCode


def file_routes(use_cases: FileUseCases) -> APIRouter:
    router = APIRouter(tags=["files"])
    Reader = Annotated[Principal, callers(*CALLERS)]  # noqa: N806  a type, local to this function

    @router.get("", description=ListFiles.__doc__)
    async def list_files(caller: Reader, request: Request, response: Response, exam_id: UUID) -> FilePage:
        found = await use_cases.list_files.run(_caller(caller, request), exam_id)
        response.headers["Cache-Control"] = _PRIVATE
        return FilePage(items=[file_body(file) for file in found])

    @router.get("/verification/{code}", description=CheckCode.__doc__)
    async def check_code(
        _: Annotated[None, public("whoever holds a printed report may check it", limits=VERIFICATION)],
        response: Response,
        code: str,
    ) -> VerificationBody:
        response.headers["Cache-Control"] = _PRIVATE
        return verification_body(await use_cases.check_code.run(code))

    @router.get("/{file_id}", description=ReadFile.__doc__)
    async def read_file(caller: Reader, request: Request, response: Response, file_id: UUID) -> FileBody:
        found = await use_cases.read_file.run(_caller(caller, request), file_id)
        response.headers["Cache-Control"] = _PRIVATE
        return file_body(found)

    @router.get(
        "/{file_id}/download",
        description=IssueDownloadLink.__doc__,
        response_class=Response,
        responses={302: {"description": "To the bytes"}, 200: {"model": LinkBody}},
        openapi_extra=_DOWNLOAD_AS,
    )
    @hot
    async def download(request: Request, caller: Reader, file_id: UUID) -> Response:
        wanted = request.query_params.get("as", "redirect")
        if wanted not in _AS:
            raise INVALID.error(field="as")
        link = await use_cases.issue_download_link.run(_caller(caller, request), file_id)
        if wanted == "json":
            body = {"url": link.url, "expires_in": LINK_SECONDS, "file_name": link.file.name}
            return json_response(body)
        return Response(status_code=302, headers={"Location": link.url, "Cache-Control": _PRIVATE})

    return router


def _caller(principal: Principal, request: Request) -> Caller:
    header = request.headers.get("authorization", "")
    return Caller(principal, address_of(request), current_trace_id(), header)
