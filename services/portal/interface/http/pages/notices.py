"""How people are told: a patient's preferences, and the clinic's log."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.portal.application.ports import Json
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import checked_form, visitors
from services.shared.kernel.principal import Role

router = APIRouter()
Patient = Annotated[Visit, visitors(Role.PATIENT)]


_CHANNELS = {"email_messages": "email", "sms_messages": "sms"}


@router.get("/preferencias")
async def show_preferences(visit: Patient) -> Response:
    notices = await visit.portal.notifications.log(visit.caller)
    preferences, _ = await _chosen(visit)
    return visit.page("preferences.html", preferences=preferences, notices=notices["items"])


@router.post("/preferencias")
async def choose(visit: Patient, form: Annotated[Form, checked_form()]) -> Response:
    """What changes goes into the ledger of consents first, which reaches the channel by itself; then at once."""
    wanted = {name: form.get(name) == "1" for name in ("email", "sms")}
    before, texts = await _chosen(visit)
    for kind, channel in _CHANNELS.items():
        if wanted[channel] != before[channel]:
            act = "given" if wanted[channel] else "withdrawn"
            await visit.portal.consents.answer(visit.caller, kind, act, texts[kind]["version"])
    await visit.portal.notifications.choose(visit.caller, email=wanted["email"], sms=wanted["sms"])
    return visit.go("/preferencias", notice="preferences_saved")


async def _chosen(visit: Visit) -> tuple[dict[str, bool], dict[str, Json]]:
    """Return what holds for each channel, and the current texts: an answer in the ledger is the person's last word,
    though it may take a moment to arrive where messages are sent.
    """
    chosen = dict(await visit.portal.notifications.preferences(visit.caller))
    items = (await visit.portal.consents.of(visit.caller))["items"]
    for each in items:
        if each["newest"] and each["kind"] in _CHANNELS:
            chosen[_CHANNELS[each["kind"]]] = each["newest"]["act"] == "given"
    return chosen, {each["kind"]: each["text"] for each in items}


@router.get("/avisos")
async def log(
    visit: Annotated[Visit, visitors(Role.ADMINISTRATOR, Role.RECEPTIONIST)], cursor: str = ""
) -> Response:
    found = await visit.portal.notifications.log(visit.caller, cursor or None)
    return visit.page("notices.html", notices=found["items"], next_cursor=found.get("next_cursor"))
