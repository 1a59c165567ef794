"""Records that may be of one person: found and proposed at the desk, decided by an administrator, undone if wrong."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.application.problems import ApiProblem
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import checked_form, visitors
from services.shared.kernel.principal import Role

router = APIRouter()
Desk = Annotated[Visit, visitors(Role.RECEPTIONIST, Role.ADMINISTRATOR)]
Administrator = Annotated[Visit, visitors(Role.ADMINISTRATOR)]
Typed = Annotated[Form, checked_form()]


@router.get("/duplicados")
async def show(visit: Desk, cursor: str = "") -> Response:
    return await _page(visit, cursor)


@router.post("/duplicados")
async def propose(visit: Desk, form: Typed) -> Response:
    """The record chosen remains; the other of the two points to it once somebody else agrees."""
    survivor = form.get("survivor_id")
    others = [each for each in form.all("records") if each != survivor]
    proposal = {
        "survivor_id": survivor,
        "duplicate_id": (others or [survivor])[0],
        "reason": form.get("reason"),
    }
    try:
        await visit.portal.merges.propose(visit.caller, proposal, form.key)
    except ApiProblem as problem:
        return await _again(visit, problem)
    return visit.go("/duplicados", notice="merge_proposed")


@router.post("/duplicados/{merge_id:uuid}/decisao")
async def decide(visit: Administrator, merge_id: UUID, form: Typed) -> Response:
    merge = form.get("decision") == "merge"
    try:
        await visit.portal.merges.decide(visit.caller, str(merge_id), merge=merge)
    except ApiProblem as problem:
        return await _again(visit, problem)
    return visit.go("/duplicados", notice="merged" if merge else "merge_refused")


@router.post("/duplicados/{merge_id:uuid}/desfazer")
async def undo(visit: Administrator, merge_id: UUID, form: Typed) -> Response:
    try:
        await visit.portal.merges.undo(visit.caller, str(merge_id), form.get("reason"))
    except ApiProblem as problem:
        return await _again(visit, problem)
    return visit.go("/duplicados", notice="merge_undone")


async def _again(visit: Visit, problem: ApiProblem) -> Response:
    if not problem.concerns_input and problem.status != 403:
        raise problem
    return await _page(visit, problem=problem)


async def _page(visit: Visit, cursor: str = "", problem: ApiProblem | None = None) -> Response:
    found = await visit.portal.merges.duplicates(visit.caller, cursor)
    merges = await visit.portal.merges.merges(visit.caller)
    open_ones = [merge for merge in merges["items"] if merge["state"] == "proposed"]
    taken = {merge["duplicate"]["id"] for merge in open_ones}
    groups = [
        group["records"]
        for group in found["items"]
        if not taken & {record["id"] for record in group["records"]}
    ]
    return visit.page(
        "duplicates.html",
        status=problem.status if problem else 200,
        groups=groups,
        next_cursor=found["next_cursor"],
        proposed=open_ones,
        decided=[merge for merge in merges["items"] if merge["state"] in ("merged", "undone")],
        may_decide=visit.has(Role.ADMINISTRATOR),
        problem=problem,
    )
