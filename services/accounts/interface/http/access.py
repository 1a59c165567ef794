"""Who the people in a person's access log are."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.accounts.application.queries.name_staff import NameStaff
from services.accounts.interface.http.schemas import StaffPageView, StaffView
from services.accounts.interface.http.sessions import never_stored
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.callers import callers

router = APIRouter(tags=["audit"])


@router.get("/me/accesses/people", description=NameStaff.__doc__)
async def name_staff(
    request: Request,
    response: Response,
    caller: Annotated[Principal, callers(Role.PATIENT)],
    account_ids: Annotated[list[UUID], Query(alias="id", max_length=100)],
) -> StaffPageView:
    name: NameStaff = request.app.state.name_staff
    found = await name(account_ids, caller)
    never_stored(response)
    return StaffPageView(
        items=[
            StaffView(id=one.account_id, clinic_id=one.clinic_id, name=one.name, roles=list(one.roles))
            for one in found
        ]
    )
