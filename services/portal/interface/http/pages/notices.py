"""How people are told: a patient's preferences, and the clinic's log."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import checked_form, visitors
from services.shared.kernel.principal import Role

router = APIRouter()
Patient = Annotated[Visit, visitors(Role.PATIENT)]


@router.get("/preferencias")
async def show_preferences(visit: Patient) -> Response:
    notices = await visit.portal.notifications.log(visit.caller)
    preferences = await visit.portal.notifications.preferences(visit.caller)
    return visit.page("preferences.html", preferences=preferences, notices=notices["items"])


@router.post("/preferencias")
async def choose(visit: Patient, form: Annotated[Form, checked_form()]) -> Response:
    await visit.portal.notifications.choose(
        visit.caller, email=form.get("email") == "1", sms=form.get("sms") == "1"
    )
    return visit.go("/preferencias", notice="preferences_saved")


@router.get("/avisos")
async def log(
    visit: Annotated[Visit, visitors(Role.ADMINISTRATOR, Role.RECEPTIONIST)], cursor: str = ""
) -> Response:
    found = await visit.portal.notifications.log(visit.caller, cursor or None)
    return visit.page("notices.html", notices=found["items"], next_cursor=found.get("next_cursor"))
