"""Lists of exams: a patient's own, a doctor's orders, the clinic's worklist. Filters travel in bodies."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import checked_form, visitors
from services.shared.kernel.principal import Role

router = APIRouter()
Readers = Annotated[
    Visit, visitors(Role.PATIENT, Role.DOCTOR, Role.RECEPTIONIST, Role.TECHNICIAN, Role.RELEASER)
]
_FILTERS = ("q", "state", "from", "to")
_REMEMBERED_S = 3600
_NOTHING = dict.fromkeys(_FILTERS, "")


@router.get("/exames")
async def list_exams(visit: Readers, cursor: str = "") -> Response:
    kept = await visit.portal.store.get(visit.visitor_id, "search.exams")
    filters = {**_NOTHING, **(kept or _first_view(visit))}
    template = "exam_items.html" if visit.is_htmx else "exams.html"
    return await _list(visit, template, filters, cursor)


@router.post("/exames")
async def filter_exams(visit: Readers, form: Annotated[Form, checked_form()]) -> Response:
    filters = dict(_NOTHING) if form.get("clear") else {name: form.get(name) for name in _FILTERS}
    await visit.portal.store.put(visit.visitor_id, "search.exams", filters, _REMEMBERED_S)
    if visit.is_htmx:
        return await _list(visit, "exams_found.html", filters, "")
    return visit.go("/exames")


def _first_view(visit: Visit) -> dict[str, str]:
    """A releaser comes for what waits for review; everyone else for everything."""
    return {"state": "completed"} if visit.has(Role.RELEASER) else {}


async def _list(visit: Visit, template: str, filters: dict[str, str], cursor: str) -> Response:
    found = await visit.portal.exams.find(visit.caller, filters, cursor or None)
    return visit.page(
        template,
        exams=found["items"],
        next_cursor=found["next_cursor"],
        filters=filters,
        is_filtered=any(filters.values()),
        cursor=cursor,
        is_bench=visit.has(Role.TECHNICIAN, Role.RELEASER),
        is_patient=visit.has(Role.PATIENT),
    )
