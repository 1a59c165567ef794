"""Who and what the ids in a clinic's audit are."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from services.accounts.application.queries.name_in_audit import NameInAudit
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.sessions import never_stored
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.callers import callers

router = APIRouter(tags=["audit"])
Auditor = Annotated[Principal, callers(Role.AUDITOR)]
Ids = Annotated[list[UUID], Query(max_length=100, default_factory=list)]


class ActorView(BaseModel):
    id: UUID
    name: str
    is_program: bool


class RecordView(BaseModel):
    id: UUID
    record_number: str


class NamesView(BaseModel):
    actors: list[ActorView]
    records: list[RecordView]


class RecordIdView(BaseModel):
    id: UUID


@router.get("/audit/names", description=NameInAudit.__doc__)
async def names(
    request: Request, response: Response, caller: Auditor, actor_id: Ids, patient_id: Ids
) -> NamesView:
    named = await desk_of(request).name_in_audit(actor_id, patient_id, caller)
    never_stored(response)
    return NamesView(
        actors=[ActorView(id=each.id, name=each.name, is_program=each.is_program) for each in named.actors],
        records=[RecordView(id=key, record_number=number) for key, number in named.record_numbers.items()],
    )


@router.get("/audit/records")
async def find_record(
    request: Request,
    response: Response,
    caller: Auditor,
    record_number: Annotated[str, Query(min_length=1, max_length=12)],
) -> RecordIdView:
    """The id of the clinic's record with this number, to ask the audit for it; nothing else of the patient."""
    found = await desk_of(request).name_in_audit.record(record_number, caller)
    never_stored(response)
    return RecordIdView(id=found)
