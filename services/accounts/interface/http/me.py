"""Routes about the caller."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from services.accounts.application.commands.change_locale import ChangeLocale
from services.accounts.application.queries.who_am_i import WhoAmI
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.schemas import (
    AccountView,
    ClinicView,
    LocaleBody,
    MeView,
    OwnRecordView,
)
from services.accounts.interface.http.sessions import PEOPLE, never_stored
from services.shared.kernel.principal import Principal
from services.shared.platform.http.callers import callers

router = APIRouter(tags=["me"])


@router.get("/me", description=WhoAmI.__doc__)
async def who_am_i(
    request: Request, response: Response, caller: Annotated[Principal, callers(*PEOPLE)]
) -> MeView:
    me = await desk_of(request).who_am_i(caller)
    never_stored(response)
    return MeView(
        **AccountView.of(me.identity).model_dump(),
        patient_records=[
            OwnRecordView(
                clinic=ClinicView(id=record.clinic.id, name=record.clinic.name), patient_id=record.patient_id
            )
            for record in me.records
        ],
    )


@router.put("/me/locale", status_code=204, description=ChangeLocale.__doc__)
async def change_locale(
    request: Request, body: LocaleBody, caller: Annotated[Principal, callers(*PEOPLE)]
) -> None:
    await desk_of(request).change_locale(body.locale, caller)
