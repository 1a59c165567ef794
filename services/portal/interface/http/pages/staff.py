"""The administrator's pages about those who work in the clinic, and the auditor's view of them."""

from collections.abc import Awaitable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.application.ports import Json
from services.portal.application.problems import ApiProblem
from services.portal.interface.http.come_back import search_key_of
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import checked_form, visitors
from services.shared.kernel.principal import STAFF, Role

router = APIRouter()
Administrator = Annotated[Visit, visitors(Role.ADMINISTRATOR)]
Watcher = Annotated[Visit, visitors(Role.ADMINISTRATOR, Role.AUDITOR)]
Typed = Annotated[Form, checked_form()]
ROLES = tuple(role for role in Role if role in STAFF)
_COUNCIL = ("council", "council_number", "council_uf")


@router.get("/equipe")
async def search_page(visit: Watcher, f: str = "", cursor: str = "") -> Response:
    asked = await visit.portal.searches.recall(visit.visitor_id, "staff", f) or {"q": ""}
    return await _found(visit, "staff.html", asked["q"], f, cursor)


@router.post("/equipe")
async def search(visit: Watcher, form: Typed) -> Response:
    q = form.get("q")
    key = await visit.portal.searches.keep(visit.visitor_id, "staff", {"q": q}, search_key_of(visit.request))
    if not visit.is_htmx:
        return visit.go(f"/equipe?f={key}")
    part = await _found(visit, "staff_found.html", q, key)
    part.headers["HX-Replace-Url"] = f"/equipe?f={key}"
    return part


@router.get("/equipe/convidar")
async def show_invitation(visit: Administrator) -> Response:
    return visit.page("staff_invite.html", typed={}, chosen=[], errors={}, problem=None, roles=ROLES)


@router.post("/equipe/convidar")
async def invite(visit: Administrator, form: Typed) -> Response:
    typed = {name: form.get(name) for name in ("name", "email", "locale", *_COUNCIL)}
    chosen = form.all("roles")
    asked = {name: value for name, value in typed.items() if value} | {"roles": chosen}
    asked |= {name: typed[name] for name in ("name", "email")}
    try:
        await visit.portal.staff.invite(visit.caller, asked, form.key)
    except ApiProblem as problem:
        if not problem.concerns_input:
            raise
        return visit.page(
            "staff_invite.html",
            status=problem.status,
            typed=typed,
            chosen=chosen,
            errors=problem.by_field(),
            problem=problem,
            roles=ROLES,
        )
    return visit.go("/equipe", notice="invited")


@router.post("/equipe/convites/{invitation_id:uuid}/reenvio")
async def resend(visit: Administrator, invitation_id: UUID, form: Typed) -> Response:
    await visit.portal.staff.resend(visit.caller, str(invitation_id))
    return visit.go("/equipe", notice="invited_again")


@router.post("/equipe/convites/{invitation_id:uuid}/retirada")
async def withdraw(visit: Administrator, invitation_id: UUID, form: Typed) -> Response:
    await visit.portal.staff.withdraw(visit.caller, str(invitation_id))
    return visit.go("/equipe", notice="invitation_withdrawn")


@router.get("/equipe/{account_id:uuid}")
async def show_member(visit: Watcher, account_id: UUID) -> Response:
    return await _member(visit, account_id)


@router.post("/equipe/{account_id:uuid}/perfis")
async def change_roles(visit: Administrator, account_id: UUID, form: Typed) -> Response:
    change = {name: form.get(name) for name in _COUNCIL if form.get(name)} | {"roles": form.all("roles")}
    done = visit.portal.staff.change_roles(visit.caller, str(account_id), change)
    return await _told(visit, account_id, done, notice="roles_changed", change=change)


@router.post("/equipe/{account_id:uuid}/encerramento")
async def end_access(visit: Administrator, account_id: UUID, form: Typed) -> Response:
    done = visit.portal.staff.end_access(visit.caller, str(account_id))
    return await _told(visit, account_id, done, notice="staff_access_ended")


@router.post("/equipe/{account_id:uuid}/desconexao")
async def end_sessions(visit: Administrator, account_id: UUID, form: Typed) -> Response:
    done = visit.portal.staff.end_sessions(visit.caller, str(account_id))
    return await _told(visit, account_id, done, notice="persons_sessions_ended")


@router.post("/equipe/{account_id:uuid}/identificacao")
async def reset_factors(visit: Administrator, account_id: UUID, form: Typed) -> Response:
    """For somebody who lost the authenticator and the recovery codes and was identified anew."""
    done = visit.portal.staff.reset_factors(visit.caller, str(account_id), form.get("how"))
    return await _told(visit, account_id, done, notice="factors_reset")


@router.post("/equipe/{account_id:uuid}/retorno")
async def give_access_again(visit: Administrator, account_id: UUID, form: Typed) -> Response:
    done = visit.portal.staff.give_access_again(visit.caller, str(account_id))
    return await _told(visit, account_id, done, notice="access_given")


@router.post("/equipe/{account_id:uuid}/conferencia")
async def verify(visit: Administrator, account_id: UUID, form: Typed) -> Response:
    compared = {name: form.get(name) for name in _COUNCIL}
    if form.get("withdraw"):
        done = visit.portal.staff.withdraw_verification(visit.caller, str(account_id), compared)
        return await _told(visit, account_id, done, notice="verification_withdrawn")
    more = {"how": form.get("how"), "note": form.get("note") or None}
    done = visit.portal.staff.verify(visit.caller, str(account_id), compared | more)
    return await _told(visit, account_id, done, notice="verified")


async def _found(visit: Visit, template: str, q: str, key: str, cursor: str = "") -> Response:
    found = await visit.portal.staff.people(visit.caller, q, cursor)
    invited = await visit.portal.staff.invitations(visit.caller)
    return visit.page(
        template,
        q=q,
        key=key,
        found=found["items"],
        next_cursor=found["next_cursor"],
        invitations=invited["items"],
    )


async def _told(
    visit: Visit, account_id: UUID, done: Awaitable[None], *, notice: str, change: Json | None = None
) -> Response:
    """Do it and say so on the member's page, or say there why it was refused, with what was typed."""
    try:
        await done
    except ApiProblem as problem:
        if problem.is_kind("step_up_required") or (not problem.concerns_input and problem.status != 403):
            raise
        return await _member(visit, account_id, problem, change)
    return visit.go(f"/equipe/{account_id}", notice=notice)


async def _member(
    visit: Visit, account_id: UUID, problem: ApiProblem | None = None, change: Json | None = None
) -> Response:
    member = await visit.portal.staff.member(visit.caller, str(account_id))
    return visit.page(
        "staff_member.html",
        status=problem.status if problem else 200,
        member=member,
        chosen=(change or member)["roles"],
        typed={name: (change or member).get(name) or "" for name in _COUNCIL},
        errors=problem.by_field() if problem else {},
        problem=problem,
        roles=ROLES,
        may_change=visit.has(Role.ADMINISTRATOR),
        is_self=member["id"] == visit.signed_in.account.id,
    )
