"""Fake accounts: records that may be of one person."""

from typing import Any

from fastapi import APIRouter, Request

from tests.unit.portal.fake.state import Json, Refused, World, fresh_id, now


def merges(world: World) -> APIRouter:
    router = APIRouter(prefix="/api/v1/accounts")

    @router.get("/duplicates")
    async def duplicates(request: Request) -> Json:
        world.caller(request, "receptionist", "administrator")
        standing = [one for one in world.records.values() if not one.get("merged_into")]
        alike = [one for one in standing if one["name"].lower().startswith("ana")]
        return {"items": [{"records": alike}] if len(alike) > 1 else [], "next_cursor": None}

    @router.get("/merges")
    async def listed(request: Request) -> Json:
        me = world.caller(request, "receptionist", "administrator")
        shown = [
            merge
            | {
                "survivor": world.records[merge["survivor_id"]],
                "duplicate": world.records[merge["duplicate_id"]],
                "proposed_by_caller": merge["by"] == me.id,
            }
            for merge in world.merges.values()
        ]
        return {"items": shown, "next_cursor": None}

    @router.post("/merges", status_code=201)
    async def propose(request: Request, body: dict[str, Any]) -> Json:
        me = world.caller(request, "receptionist", "administrator")
        if body["survivor_id"] == body["duplicate_id"] or len(body["reason"]) < 3:
            raise Refused(422, "accounts.reason_short", "Escreva o motivo.")
        made: dict[str, Any] = {"id": fresh_id(), "state": "proposed", "proposed_at": now(), "by": me.id}
        made |= {"undone_at": None, "undone_reason": None}
        world.merges[made["id"]] = body | made
        return {"id": made["id"]}

    @router.put("/merges/{merge_id}/{decision}", status_code=204)
    async def decide(request: Request, merge_id: str, decision: str) -> None:
        me = world.caller(request, "administrator")
        merge = world.merges[merge_id]
        if decision == "confirmation" and merge["by"] == me.id:
            raise Refused(403, "accounts.merge_own_proposal", "Quem propôs não pode confirmar.")
        merge["state"] = "merged" if decision == "confirmation" else "refused"
        if decision == "confirmation":
            world.records[merge["duplicate_id"]]["merged_into"] = merge["survivor_id"]
            world.records[merge["survivor_id"]]["merged_records"] = [merge["duplicate_id"]]

    @router.post("/merges/{merge_id}/undoing", status_code=204)
    async def undo(request: Request, merge_id: str, body: dict[str, Any]) -> None:
        world.caller(request, "administrator")
        world.merges[merge_id].update(state="undone", undone_at=now(), undone_reason=body["reason"])

    return router
