"""The audit for its auditor: emergencies first, by person, action, patient record and period; and as a file."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.portal.application.audit_trail import AuditPage, TooManyRows
from services.portal.application.problems import ApiProblem
from services.portal.interface.http.audit_file import audit_file
from services.portal.interface.http.audit_form import ACTIONS, FIELDS, Reading, read_form
from services.portal.interface.http.texts import text
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import checked_form, visitors
from services.shared.kernel.principal import Role

router = APIRouter()
Auditor = Annotated[Visit, visitors(Role.AUDITOR)]
_PAGE = "/auditoria"


@router.get(_PAGE)
async def show(visit: Auditor, f: str = "", cursor: str = "") -> Response:
    typed = await visit.portal.searches.recall(visit.visitor_id, "audit", f) or {}
    reading = await read_form(visit, typed)
    if reading.search is None:
        return _shown(visit, reading, AuditPage([], None), f)
    page = await visit.portal.audit.page(visit.caller, reading.search, cursor or None)
    return _shown(visit, reading, page, f)


@router.post(_PAGE)
async def search(visit: Auditor, form: Annotated[Form, checked_form()]) -> Response:
    """Names and record numbers that were typed are kept sealed: the address holds a key alone."""
    typed = {name: form.get(name) for name in FIELDS}
    key = await visit.portal.searches.keep(visit.visitor_id, "audit", typed)
    return visit.go(f"{_PAGE}?f={key}")


@router.get(f"{_PAGE}/arquivo")
async def download(visit: Auditor, f: str = "") -> Response:
    """All rows of the period, or none: a file that was cut off would look whole."""
    typed = await visit.portal.searches.recall(visit.visitor_id, "audit", f) or {}
    reading = await read_form(visit, typed)
    if reading.search is None:
        return _shown(visit, reading, AuditPage([], None), f)
    try:
        lines = await visit.portal.audit.whole(visit.caller, reading.search)
    except TooManyRows:
        problem = ApiProblem(422, "portal.too_many_rows", text(visit.locale, "audit.too_many_rows"))
        return _shown(visit, reading, AuditPage([], None), f, problem)
    name = f"auditoria-{reading.typed['since']}-{reading.typed['until']}.csv"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return Response(audit_file(lines, visit.locale), media_type="text/csv; charset=utf-8", headers=headers)


def _shown(
    visit: Visit, reading: Reading, page: AuditPage, key: str, problem: ApiProblem | None = None
) -> Response:
    if visit.is_htmx:
        return visit.page("audit_items.html", lines=page.lines, next_cursor=page.next_cursor, key=key)
    return visit.page(
        "audit.html",
        status=422 if reading.errors or problem else 200,
        typed=reading.typed,
        errors=reading.errors,
        people=reading.people,
        problem=problem,
        lines=page.lines,
        next_cursor=page.next_cursor,
        key=key,
        actions=ACTIONS,
    )
