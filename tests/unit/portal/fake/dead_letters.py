"""Fake dead letters of one service, in the shapes of services/shared/platform/dead_letters/routes.py."""

from typing import Any

from fastapi import APIRouter, Request

from tests.unit.portal.fake.people import CLINIC_A
from tests.unit.portal.fake.state import Json, Refused, World, fresh_id, now

_LIST = (
    *("id", "queue", "died_at", "failures", "reason", "error"),
    *("type", "event_id", "trace_id", "clinic_id"),
)


def letter(world: World, service: str, **changes: Any) -> Json:
    """Put a letter there; `clinic_id=None` makes it one of which nothing can be read."""
    made = {
        "id": fresh_id(),
        "queue": "file-management-exams",
        "died_at": now(),
        "failures": 3,
        "reason": "failed",
        "error": "KeyError",
        "type": "exam.completed",
        "event_id": fresh_id(),
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "clinic_id": CLINIC_A["id"],
        "source": "/exam-results",
        "subject": fresh_id(),
        "time": now(),
    } | changes
    if made["clinic_id"] is None:
        made |= dict.fromkeys(("type", "event_id", "trace_id", "source", "subject", "time", "error"))
    world.letters[service].append(made)
    return made


def dead_letters(world: World, service: str) -> APIRouter:
    router = APIRouter(prefix=f"/api/v1/{service}/dead-letters")

    @router.get("")
    async def look(request: Request) -> Json:
        world.caller(request, "administrator")
        items = [{name: one[name] for name in _LIST} for one in world.letters[service]]
        return {"items": items, "is_partial": world.letters_in_use}

    @router.post("/redrive")
    async def redrive_all(request: Request) -> Json:
        world.caller(request, "administrator")
        own = [one for one in world.letters[service] if one["clinic_id"]]
        for one in own:
            world.letters[service].remove(one)
        return {"count": len(own)}

    @router.get("/{queue}/{letter_id}")
    async def read(request: Request, queue: str, letter_id: str) -> Json:
        return _found(request, queue, letter_id)

    @router.post("/{queue}/{letter_id}/redrive")
    async def redrive(request: Request, queue: str, letter_id: str) -> Json:
        world.letters[service].remove(_found(request, queue, letter_id))
        return {"count": 1}

    @router.delete("/{queue}/{letter_id}", status_code=204)
    async def discard(request: Request, queue: str, letter_id: str) -> None:
        world.letters[service].remove(_found(request, queue, letter_id))

    def _found(request: Request, queue: str, letter_id: str) -> Json:
        world.caller(request, "administrator")
        for one in world.letters[service]:
            if (one["queue"], one["id"]) == (queue, letter_id):
                return one
        if world.letters_in_use:
            raise Refused(409, "dead_letters.in_use", "Esta mensagem está sendo consultada por outra pessoa.")
        raise Refused(404, "not_found", "Não encontramos o que você procura.")

    return router
