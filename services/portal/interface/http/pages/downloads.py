"""Downloads: the service authorises and audits, the browser fetches the bytes from the store itself."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from services.portal.application.documents import signed_report
from services.portal.interface.http.visit import Visit
from services.portal.interface.http.visitors import visitors
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Role

router = APIRouter()
Readers = Annotated[
    Visit, visitors(Role.PATIENT, Role.DOCTOR, Role.RECEPTIONIST, Role.TECHNICIAN, Role.RELEASER)
]


@router.get("/exames/{exam_id:uuid}/laudo")
async def download_report(visit: Readers, exam_id: UUID, version: int | None = None) -> Response:
    """The current signed report; `version` names an older one."""
    report = signed_report(await visit.portal.files.of_exam(visit.caller, str(exam_id)), version)
    if report is None:
        raise NOT_FOUND.error()
    return await _redirect(visit, str(report["id"]))


@router.get("/exames/{exam_id:uuid}/arquivos/{file_id:uuid}")
async def download_file(visit: Readers, exam_id: UUID, file_id: UUID) -> Response:
    files = await visit.portal.files.of_exam(visit.caller, str(exam_id))
    if not any(str(file["id"]) == str(file_id) for file in files):
        raise NOT_FOUND.error()
    return await _redirect(visit, str(file_id))


async def _redirect(visit: Visit, file_id: str) -> Response:
    url = await visit.portal.files.download_url(visit.caller, file_id)
    return RedirectResponse(url, 302, headers={"Cache-Control": "no-store, private"})
