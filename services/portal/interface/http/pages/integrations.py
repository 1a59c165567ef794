"""The administrator's pages about programs that may act in the clinic (machine clients), and the auditor's view."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.application.ports import Json
from services.portal.application.problems import ApiProblem
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import checked_form, visitors
from services.shared.kernel.principal import Role

router = APIRouter(prefix="/equipe/integracoes")
Administrator = Annotated[Visit, visitors(Role.ADMINISTRATOR)]
Watcher = Annotated[Visit, visitors(Role.ADMINISTRATOR, Role.AUDITOR)]
Typed = Annotated[Form, checked_form()]
_PAGE = "/equipe/integracoes"
_ONE = "/{client_id:uuid}"
SCOPES = ("catalogue:read", "doctors:read", "patients:read", "patients:write", "orders:write")
VALID_DAYS = ("365", "180", "90", "30")
OVERLAP_HOURS = ("168", "24", "1", "720", "0")


@router.get("")
async def show_list(visit: Watcher, cursor: str = "") -> Response:
    found = await visit.portal.machines.page(visit.caller, cursor)
    return visit.page(
        "integrations.html",
        clients=found["items"],
        next_cursor=found["next_cursor"],
        may_change=visit.has(Role.ADMINISTRATOR),
    )


@router.get("/nova")
async def show_form(visit: Administrator) -> Response:
    """The second factor comes first, so that nothing typed here has to wait for it."""
    return _confirm_first(visit, f"{_PAGE}/nova") or _form(visit, {}, [])


@router.post("/nova")
async def register(visit: Administrator, form: Typed) -> Response:
    """The secret is shown on this answer alone."""
    typed = {name: form.get(name) for name in ("name", "valid_days")}
    chosen = form.all("scopes")
    asked: Json = {"name": typed["name"], "scopes": chosen} | _number(typed, "valid_days", VALID_DAYS)
    try:
        made = await visit.portal.machines.register(visit.caller, asked, form.key)
    except ApiProblem as problem:
        if not problem.concerns_input:
            raise
        return _form(visit, typed, chosen, problem)
    return visit.page("integration_secret.html", client=made, is_new=True)


@router.get(_ONE)
async def show_one(visit: Watcher, client_id: UUID) -> Response:
    return await _one(visit, "integration.html", client_id)


@router.get(f"{_ONE}/segredo")
async def show_rotation(visit: Administrator, client_id: UUID) -> Response:
    here = f"{_PAGE}/{client_id}/segredo"
    return _confirm_first(visit, here) or await _one(visit, "integration_rotate.html", client_id)


@router.post(f"{_ONE}/segredo")
async def rotate(visit: Administrator, client_id: UUID, form: Typed) -> Response:
    typed = {name: form.get(name) for name in ("valid_days", "overlap_hours")}
    asked = _number(typed, "valid_days", VALID_DAYS) | _number(typed, "overlap_hours", OVERLAP_HOURS)
    try:
        made = await visit.portal.machines.rotate(visit.caller, str(client_id), asked)
    except ApiProblem as problem:
        return await _again(visit, client_id, problem)
    return visit.page("integration_secret.html", client=made, is_new=False)


@router.post(f"{_ONE}/segredo-anterior")
async def end_previous(visit: Administrator, client_id: UUID, form: Typed) -> Response:
    try:
        await visit.portal.machines.end_previous(visit.caller, str(client_id))
    except ApiProblem as problem:
        return await _again(visit, client_id, problem)
    return visit.go(f"{_PAGE}/{client_id}", notice="previous_secret_ended")


@router.post(f"{_ONE}/suspensao")
async def suspend(visit: Administrator, client_id: UUID, form: Typed) -> Response:
    resume = form.get("resume") == "1"
    change = visit.portal.machines.resume if resume else visit.portal.machines.suspend
    try:
        await change(visit.caller, str(client_id))
    except ApiProblem as problem:
        return await _again(visit, client_id, problem)
    return visit.go(
        f"{_PAGE}/{client_id}", notice="integration_resumed" if resume else "integration_suspended"
    )


@router.get(f"{_ONE}/encerramento")
async def confirm_end(visit: Administrator, client_id: UUID) -> Response:
    here = f"{_PAGE}/{client_id}/encerramento"
    return _confirm_first(visit, here) or await _one(visit, "integration_end.html", client_id)


@router.post(f"{_ONE}/encerramento")
async def end(visit: Administrator, client_id: UUID, form: Typed) -> Response:
    try:
        await visit.portal.machines.end(visit.caller, str(client_id))
    except ApiProblem as problem:
        return await _again(visit, client_id, problem)
    return visit.go(f"{_PAGE}/{client_id}", notice="integration_ended")


def _confirm_first(visit: Visit, path: str) -> Response | None:
    if visit.portal.sessions.stepped_up_token(visit.signed_in) is None:
        return visit.go(f"/confirmar?next={path}")
    return None


def _number(typed: dict[str, str], name: str, offered: tuple[str, ...]) -> Json:
    """Nothing for what was not offered: then the service's own choice holds."""
    return {name: int(typed[name])} if typed[name] in offered else {}


def _form(
    visit: Visit, typed: dict[str, str], chosen: list[str], problem: ApiProblem | None = None
) -> Response:
    return visit.page(
        "integration_new.html",
        status=problem.status if problem else 200,
        typed=typed,
        chosen=chosen,
        errors=problem.by_field() if problem else {},
        problem=problem,
        scopes=SCOPES,
        valid_days=VALID_DAYS,
    )


async def _again(visit: Visit, client_id: UUID, problem: ApiProblem) -> Response:
    if not problem.concerns_input:
        raise problem
    return await _one(visit, "integration.html", client_id, problem)


async def _one(visit: Visit, template: str, client_id: UUID, problem: ApiProblem | None = None) -> Response:
    client = await visit.portal.machines.one(visit.caller, str(client_id))
    return visit.page(
        template,
        status=problem.status if problem else 200,
        client=client,
        problem=problem,
        may_change=visit.has(Role.ADMINISTRATOR) and client["state"] != "ended",
        valid_days=VALID_DAYS,
        overlap_hours=OVERLAP_HOURS,
    )
