"""Exams of other people: of a child, of whoever granted it, or shared with a doctor. Each page says whose they are."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.application.ports import Json
from services.portal.interface.http.visit import Visit
from services.portal.interface.http.visitors import visitors
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Role

router = APIRouter()
LetIn = Annotated[Visit, visitors(Role.PATIENT, Role.DOCTOR)]


@router.get("/pessoas")
async def list_people(visit: LetIn) -> Response:
    return visit.page("others.html", people=list((await people_of(visit)).values()))


@router.get("/pessoas/{person_id:uuid}/exames")
async def list_exams(visit: LetIn, person_id: UUID, cursor: str = "") -> Response:
    """A person who let nobody in and one who does not exist are one and the same."""
    person = await person_of(visit, str(person_id))
    found = await visit.portal.exams.find(visit.caller, {"person_id": str(person_id)}, cursor or None)
    return visit.page(
        "others_exams.html", person=person, exams=found["items"], next_cursor=found["next_cursor"]
    )


async def person_of(visit: Visit, person_id: str) -> Json:
    known = await people_of(visit)
    if person_id not in known:
        raise NOT_FOUND.error()
    return known[person_id]


async def people_of(visit: Visit) -> dict[str, Json]:
    """Return whoever lets the visitor in now, by id: {id, name, kind, until}."""
    if visit.has(Role.DOCTOR):
        shares = await visit.portal.relations.shared_with_me(visit.caller)
        return {
            str(each["person_id"]): {
                "id": str(each["person_id"]),
                "name": each["patient"]["name"],
                "kind": "shared",
                "until": each["until"],
            }
            for each in shares
        }
    held = (await visit.portal.relations.proxies(visit.caller))["held"]
    return {
        str(each["person_id"]): {
            "id": str(each["person_id"]),
            "name": each["name"],
            "kind": each["kind"],
            "until": each["until"],
        }
        for each in held
    }
