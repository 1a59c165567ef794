"""Each service's audit of the clinic, for its auditor, and the names behind the ids."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from services.shared.platform.http.pages import decode_cursor, encode_cursor
from tests.unit.portal.fake.people import CLINIC_A, Person
from tests.unit.portal.fake.state import Json, Refused, World, fresh_id


def audit(world: World) -> APIRouter:
    router = APIRouter(prefix="/api/v1")

    @router.get("/{service}/audit")
    async def of_clinic(request: Request, service: str, limit: int = 50, cursor: str = "") -> Json:
        world.caller(request, "auditor")
        asked = dict(request.query_params)
        world.audit_asked.append(asked | {"service": service})
        rows = sorted(world.audit.get(service, []), key=_key, reverse=True)
        found = [
            row
            for row in rows
            if all(asked.get(name) in (None, row[name]) for name in ("actor_id", "patient_id", "action"))
            and (asked.get("emergencies") != "true" or row["purpose"] == "emergency")
            and asked["since"] <= row["at"] < asked["until"]
        ]
        if cursor:
            found = [row for row in found if list(_key(row)) < decode_cursor(cursor, 2)]
        shown = found[:limit]
        more = encode_cursor(list(_key(shown[-1]))) if len(found) > limit else None
        return {"items": shown, "next_cursor": more}

    @router.get("/accounts/audit/names")
    async def names(
        request: Request,
        actor_id: Annotated[list[str], Query(default_factory=list, max_length=100)],
        patient_id: Annotated[list[str], Query(default_factory=list, max_length=100)],
    ) -> Json:
        world.caller(request, "auditor")
        people = [one for one in world.people.values() if one.id in actor_id and one.clinic == CLINIC_A]
        records = [record for record in world.records.values() if record["id"] in patient_id]
        return {
            "actors": [{"id": one.id, "name": one.name, "is_program": False} for one in people],
            "records": [{"id": one["id"], "record_number": one["record_number"]} for one in records],
        }

    @router.get("/accounts/audit/records")
    async def record(request: Request, record_number: str) -> Json:
        world.caller(request, "auditor")
        for one in world.records.values():
            if one["record_number"] == record_number:
                return {"id": one["id"]}
        raise Refused(404, "not_found", "Não encontramos o que você procura.")

    return router


def audited(by: Person | None, at: str, action: str, **more: Any) -> Json:
    """A row of a clinic's audit; `by` None: the system."""
    return {
        "id": fresh_id(),
        "at": at,
        "actor_id": by.id if by else fresh_id(),
        "actor_roles": by.roles if by else ["service"],
        "action": action,
        "patient_id": None,
        "resource": None,
        "purpose": "care",
        "address": "203.0.113.7",
        "trace_id": None,
    } | more


def _key(row: Json) -> tuple[str, str]:
    return row["at"], row["id"]
