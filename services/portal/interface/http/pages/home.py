"""The start page: what each role came for, first."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.portal.interface.http.visit import Visit
from services.portal.interface.http.visitors import visitors
from services.shared.kernel.principal import Role

router = APIRouter()
_RECENT = "5"


@router.get("/")
async def home(visit: Annotated[Visit, visitors()]) -> Response:
    if visit.has(Role.DOCTOR, Role.RECEPTIONIST):
        recent = await visit.portal.exams.find(visit.caller, {"limit": _RECENT})
        return visit.page("home.html", recent=recent["items"], name=visit.signed_in.account.name)
    if visit.has(Role.PATIENT, Role.TECHNICIAN, Role.RELEASER):
        return visit.go("/exames")
    return visit.go("/avisos" if visit.has(Role.ADMINISTRATOR) else "/conta")
