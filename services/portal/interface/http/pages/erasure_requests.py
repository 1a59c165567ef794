"""Requests for erasure that wait: an administrator decides about the identity on the clinic's record."""

from datetime import date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.application.problems import ApiProblem
from services.portal.interface.http.formats import ZONE
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import checked_form, visitors
from services.shared.kernel.principal import Role

router = APIRouter()
Administrator = Annotated[Visit, visitors(Role.ADMINISTRATOR)]


@router.get("/pedidos-de-titulares")
async def listed(visit: Administrator, cursor: str = "") -> Response:
    return await _page(visit, cursor)


@router.post("/pedidos-de-titulares/{erasure_id:uuid}/decisao")
async def decide(visit: Administrator, erasure_id: UUID, form: Annotated[Form, checked_form()]) -> Response:
    keep = form.get("decision") == "keep"
    until = _end_of(form.get("until")) if keep else None
    try:
        await visit.portal.privacy.decide(visit.caller, str(erasure_id), form.get("reason"), until)
    except ApiProblem as problem:
        if not problem.concerns_input:
            raise
        return await _page(visit, problem=problem)
    return visit.go("/pedidos-de-titulares", notice="erasure_decided")


async def _page(visit: Visit, cursor: str = "", problem: ApiProblem | None = None) -> Response:
    found = await visit.portal.privacy.waiting(visit.caller, cursor)
    return visit.page(
        "erasure_requests.html",
        status=problem.status if problem else 200,
        open_requests=found["items"],
        next_cursor=found["next_cursor"],
        problem=problem,
    )


def _end_of(day: str) -> str:
    """Return the end of that day by the clinics' clock; what is no date is left for the service to refuse."""
    try:
        last = date.fromisoformat(day)
    except ValueError:
        return day
    return datetime.combine(last + timedelta(days=1), time(), ZONE).isoformat()
