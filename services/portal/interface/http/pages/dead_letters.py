"""Messages that a service could not apply: an administrator sees why, sends them back, or discards them."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.application.api.dead_letters import Keeper
from services.portal.application.problems import ApiProblem
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import checked_form, visitors
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Role

router = APIRouter()
Administrator = Annotated[Visit, visitors(Role.ADMINISTRATOR)]
Typed = Annotated[Form, checked_form()]
LIST = "/mensagens-com-falha"
_ONE = LIST + "/{keeper}/{queue}/{letter_id:uuid}"
_QUEUE = re.compile(r"[a-z-]{1,80}")


@router.get(LIST)
async def show_list(visit: Administrator) -> Response:
    return await _list(visit)


@router.get(f"{LIST}/reenvio")
async def confirm_all(visit: Administrator) -> Response:
    """Count what would go, so that the confirmation says what is confirmed."""
    shelves = await visit.portal.dead_letters.shelves(visit.caller)
    mine = sum(_is_own(letter) for shelf in shelves for letter in shelf.letters or [])
    return visit.page("dead_letters_redrive.html", shelves=shelves, count=mine, sent=None)


@router.post(f"{LIST}/reenvio")
async def redrive_all(visit: Administrator, _: Typed) -> Response:
    sent = await visit.portal.dead_letters.redrive_all(visit.caller)
    return visit.page("dead_letters_redrive.html", shelves=[], count=0, sent=sent)


@router.get(_ONE)
async def show_letter(visit: Administrator, keeper: Keeper, queue: str, letter_id: UUID) -> Response:
    return await _letter(visit, "dead_letter.html", keeper, queue, letter_id)


@router.post(f"{_ONE}/reenvio")
async def redrive(visit: Administrator, _: Typed, keeper: Keeper, queue: str, letter_id: UUID) -> Response:
    try:
        await visit.portal.dead_letters.redrive(visit.caller, keeper, _checked(queue), str(letter_id))
    except ApiProblem as problem:
        return await _list(visit, problem)
    return visit.go(LIST, notice="letter_redriven")


@router.get(f"{_ONE}/descarte")
async def confirm_discard(visit: Administrator, keeper: Keeper, queue: str, letter_id: UUID) -> Response:
    return await _letter(visit, "dead_letter_discard.html", keeper, queue, letter_id)


@router.post(f"{_ONE}/descarte")
async def discard(visit: Administrator, _: Typed, keeper: Keeper, queue: str, letter_id: UUID) -> Response:
    try:
        await visit.portal.dead_letters.discard(visit.caller, keeper, _checked(queue), str(letter_id))
    except ApiProblem as problem:
        return await _list(visit, problem)
    return visit.go(LIST, notice="letter_discarded")


async def _letter(visit: Visit, template: str, keeper: Keeper, queue: str, letter_id: UUID) -> Response:
    try:
        letter = await visit.portal.dead_letters.letter(visit.caller, keeper, _checked(queue), str(letter_id))
    except ApiProblem as problem:
        return await _list(visit, problem)
    return visit.page(template, letter=letter, here=f"{LIST}/{keeper}/{queue}/{letter_id}")


async def _list(visit: Visit, problem: ApiProblem | None = None) -> Response:
    """`problem`: what was asked concerned a letter that is gone or in other hands; the list says what there is."""
    if problem is not None and problem.status not in (404, 409):
        raise problem
    shelves = await visit.portal.dead_letters.shelves(visit.caller)
    letters = [letter for shelf in shelves for letter in shelf.letters or []]
    letters.sort(key=lambda letter: str(letter["died_at"]), reverse=True)
    return visit.page(
        "dead_letters.html",
        status=problem.status if problem else 200,
        shelves=shelves,
        letters=letters,
        silent=[shelf.keeper for shelf in shelves if shelf.letters is None],
        is_partial=any(shelf.is_partial for shelf in shelves),
        may_redrive_all=any(map(_is_own, letters)),
        problem=problem,
    )


def _is_own(letter: dict[str, object]) -> bool:
    """The services tell an administrator only of the own clinic's letters, and of those that are nobody's."""
    return letter["clinic_id"] is not None


def _checked(queue: str) -> str:
    if not _QUEUE.fullmatch(queue):
        raise NOT_FOUND.error()
    return queue
