"""Lists of exams: a patient's own, a doctor's orders, the clinic's worklist. Filters travel in bodies."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.portal.interface.http.come_back import search_key_of
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import checked_form, visitors
from services.shared.kernel.principal import Role

router = APIRouter()
Readers = Annotated[
    Visit, visitors(Role.PATIENT, Role.DOCTOR, Role.RECEPTIONIST, Role.TECHNICIAN, Role.RELEASER)
]
_FILTERS = ("q", "state", "from", "to")
_NOTHING = dict.fromkeys(_FILTERS, "")


@router.get("/exames")
async def list_exams(visit: Readers, f: str = "", cursor: str = "") -> Response:
    kept = await visit.portal.searches.recall(visit.visitor_id, "exams", f)
    filters = {**_NOTHING, **(_first_view(visit) if kept is None else kept)}
    template = "exam_items.html" if visit.is_htmx else "exams.html"
    return await _list(visit, template, filters, f, cursor)


@router.post("/exames")
async def filter_exams(visit: Readers, form: Annotated[Form, checked_form()]) -> Response:
    filters = dict(_NOTHING) if form.get("clear") else {name: form.get(name) for name in _FILTERS}
    earlier = search_key_of(visit.request)
    key = await visit.portal.searches.keep(visit.visitor_id, "exams", filters, earlier)
    if not visit.is_htmx:
        return visit.go(f"/exames?f={key}")
    part = await _list(visit, "exams_found.html", filters, key)
    part.headers["HX-Replace-Url"] = f"/exames?f={key}"
    return part


def _first_view(visit: Visit) -> dict[str, str]:
    """A releaser comes for what waits for review; everyone else for everything."""
    return {"state": "completed"} if visit.has(Role.RELEASER) else {}


async def _list(visit: Visit, template: str, filters: dict[str, str], key: str, cursor: str = "") -> Response:
    found = await visit.portal.exams.find(visit.caller, filters, cursor or None)
    return visit.page(
        template,
        exams=found["items"],
        next_cursor=found["next_cursor"],
        filters=filters,
        is_filtered=any(filters.values()),
        key=key,
        is_bench=visit.has(Role.TECHNICIAN, Role.RELEASER),
        is_patient=visit.has(Role.PATIENT),
    )
