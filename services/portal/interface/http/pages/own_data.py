"""A patient takes the own data along (LGPD, art. 18, II and V), confirmed by a second factor a moment ago."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Response

from services.portal.application.own_data import GatherOwnData
from services.portal.application.own_data_package import package
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import checked_form, visitors
from services.shared.kernel.principal import Role

router = APIRouter()
Patient = Annotated[Visit, visitors(Role.PATIENT)]
_HERE = "/privacidade/meus-dados"


@router.get(_HERE)
async def show(visit: Patient) -> Response:
    """The confirmation comes first: what follows is one click."""
    if visit.portal.sessions.stepped_up_token(visit.signed_in) is None:
        return visit.go(f"/confirmar?next={_HERE}")
    return visit.page("own_data.html")


@router.post(_HERE)
async def download(visit: Patient, _: Annotated[Form, checked_form()]) -> Response:
    """All or nothing: a failure on the way is a page that says so, never half a package."""
    portal = visit.portal
    gather = GatherOwnData(
        portal.exams,
        portal.files,
        portal.notifications,
        portal.relations,
        portal.privacy,
        portal.consents,
        portal.accesses,
    )
    data = await gather.run(visit.caller)
    now = portal.clock.now()
    made = await asyncio.to_thread(
        lambda: package(data, portal.pages.render("own_data_page.html", visit.locale, data=data, made_at=now))
    )
    headers = {
        "Content-Disposition": f'attachment; filename="laudo-meus-dados-{now:%Y-%m-%d}.zip"',
        "Cache-Control": "no-store, private",
    }
    return Response(made, media_type="application/zip", headers=headers)
