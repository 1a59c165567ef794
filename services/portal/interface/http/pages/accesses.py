"""Who saw a patient's data."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.portal.interface.http.visit import Visit
from services.portal.interface.http.visitors import visitors
from services.shared.kernel.principal import Role

router = APIRouter()


@router.get("/acessos")
async def who_saw(
    visit: Annotated[Visit, visitors(Role.PATIENT)], cursor: str = "", meus: bool = True
) -> Response:
    """`meus=0` leaves out what the person did; the choice is in the address, so that paging keeps it."""
    found = await visit.portal.accesses.page(visit.caller, cursor=cursor or None, with_own=meus)
    return visit.page(
        "access_items.html" if visit.is_htmx else "accesses.html",
        lines=found.lines,
        next_cursor=found.next_cursor,
        with_own=meus,
    )
