"""The routes `/dead-letters` of a service that consumes queues, for administrators alone."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from services.shared.kernel.principal import Principal, Role
from services.shared.platform.dead_letters.desk import Asker, DeadLetterDesk
from services.shared.platform.dead_letters.letter import DeadLetter
from services.shared.platform.http.api import json_response
from services.shared.platform.http.callers import address_of, callers
from services.shared.platform.messaging.failures import Reason
from services.shared.platform.tracing import current_trace_id

Administrator = Annotated[Principal, callers(Role.ADMINISTRATOR)]


class DeadLetterItem(BaseModel):
    """A message that its consumer could not apply. What is null could not be read, or may not be shown."""

    id: UUID
    queue: str
    died_at: datetime
    failures: int
    reason: Reason
    error: str | None  # an error's code or class
    type: str | None
    event_id: UUID | None
    trace_id: str | None
    clinic_id: (
        UUID | None
    )  # null: cannot be read; such a letter is shown to every administrator, without content


class DeadLetterBody(DeadLetterItem):
    """The same with the rest of its envelope. `data` is never shown."""

    source: str | None
    subject: UUID | None
    time: datetime | None


class DeadLetterList(BaseModel):
    """`is_partial`: there are more than one look takes, or somebody else has some in hand; look again in a minute."""

    items: list[DeadLetterItem]
    is_partial: bool


class Redriven(BaseModel):
    count: int


def dead_letter_routes() -> APIRouter:
    """Return the routes; they find the service's `DeadLetterDesk` on `app.state.dead_letters`."""
    router = APIRouter(prefix="/dead-letters", tags=["dead letters"])

    @router.get("", response_model=DeadLetterList, description=DeadLetterDesk.list.__doc__)
    async def list_letters(request: Request, caller: Administrator) -> Response:
        found = await _desk(request).list(_asker(request, caller))
        items = [DeadLetterItem(**_shown(letter)) for letter in found.letters]
        return _json(DeadLetterList(items=items, is_partial=found.is_partial))

    @router.post("/redrive", response_model=Redriven, description=DeadLetterDesk.redrive_all.__doc__)
    async def redrive_all(request: Request, caller: Administrator) -> Response:
        return _json(Redriven(count=await _desk(request).redrive_all(_asker(request, caller))))

    @router.get(
        "/{queue}/{letter_id}", response_model=DeadLetterBody, description=DeadLetterDesk.read.__doc__
    )
    async def read_letter(request: Request, caller: Administrator, queue: str, letter_id: UUID) -> Response:
        letter = await _desk(request).read(_asker(request, caller), queue, letter_id)
        return _json(DeadLetterBody(**_shown(letter)))

    @router.post(
        "/{queue}/{letter_id}/redrive", response_model=Redriven, description=DeadLetterDesk.redrive.__doc__
    )
    async def redrive(request: Request, caller: Administrator, queue: str, letter_id: UUID) -> Response:
        await _desk(request).redrive(_asker(request, caller), queue, letter_id)
        return _json(Redriven(count=1))

    @router.delete("/{queue}/{letter_id}", status_code=204, description=DeadLetterDesk.discard.__doc__)
    async def discard(request: Request, caller: Administrator, queue: str, letter_id: UUID) -> None:
        await _desk(request).discard(_asker(request, caller), queue, letter_id)

    return router


def _desk(request: Request) -> DeadLetterDesk:
    desk: DeadLetterDesk = request.app.state.dead_letters
    return desk


def _asker(request: Request, caller: Principal) -> Asker:
    return Asker(caller, address_of(request), current_trace_id())


def _json(body: BaseModel) -> Response:
    return json_response(body.model_dump_json().encode())


def _shown(letter: DeadLetter) -> dict[str, object]:
    known = letter.context
    return {
        "id": letter.id,
        "queue": letter.queue,
        "died_at": letter.died_at,
        "failures": letter.failures,
        "reason": letter.reason,
        "error": letter.error,
        "type": known.type,
        "event_id": known.event_id,
        "trace_id": known.trace_id,
        "source": known.source,
        "subject": known.subject,
        "time": known.time,
        "clinic_id": known.clinic_id,
    }
