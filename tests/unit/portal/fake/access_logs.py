"""Each service's log of who read a person's data, and the names behind it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from services.shared.platform.http.pages import decode_cursor, encode_cursor
from tests.unit.portal.fake.people import CLINIC_A, Person
from tests.unit.portal.fake.state import Json, World, fresh_id


def access_logs(world: World) -> APIRouter:
    router = APIRouter(prefix="/api/v1")

    @router.get("/{service}/me/accesses")
    async def own(
        request: Request, service: str, limit: int = 20, cursor: str = "", own: bool = True
    ) -> Json:
        person = world.caller(request, "patient")
        rows = sorted(world.accesses.get(service, []), key=_key, reverse=True)
        found = [row | {"is_own": row["actor_id"] == person.id} for row in rows if row["of"] == person.id]
        found = [row for row in found if own or not row["is_own"]]
        if cursor:
            found = [row for row in found if list(_key(row)) < decode_cursor(cursor, 2)]
        more = len(found) > limit
        shown = found[:limit]
        return {"items": shown, "next_cursor": encode_cursor(list(_key(shown[-1]))) if more else None}

    @router.get("/accounts/me/accesses/people")
    async def people(request: Request, account_ids: Annotated[list[str], Query(alias="id")]) -> Json:
        world.caller(request, "patient")
        known = [one for one in world.people.values() if one.id in account_ids and one.clinic == CLINIC_A]
        return {
            "items": [
                {"id": one.id, "clinic_id": CLINIC_A["id"], "name": one.name, "roles": one.roles}
                for one in known
            ]
        }

    return router


def access(of: Person, by: Person | None, at: str, action: str, **more: Any) -> Json:
    """A row of a log; `by` None: the system."""
    return {
        "id": fresh_id(),
        "of": of.id,
        "at": at,
        "clinic_id": CLINIC_A["id"],
        "actor_id": by.id if by else fresh_id(),
        "actor_roles": by.roles if by else ["service"],
        "action": action,
        "purpose": "care",
        "about": {},
    } | more


def _key(row: Json) -> tuple[str, str]:
    return row["at"], row["id"]
