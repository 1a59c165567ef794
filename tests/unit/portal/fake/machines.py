"""Fake accounts: the clinic's machine clients."""

from typing import Any

from fastapi import APIRouter, Request

from tests.unit.portal.fake.state import Json, Refused, World, fresh_id, now

SECRETS = ("laudo_mcs_first-of-all", "laudo_mcs_second-of-all")


def machines(world: World) -> APIRouter:
    router = APIRouter(prefix="/api/v1/accounts/machine-clients")

    def confirmed(request: Request) -> None:
        world.caller(request, "administrator")
        if not world.is_stepped_up(request):
            raise Refused(403, "accounts.step_up_required", "Confirme que é você.")

    def client_of(client_id: str) -> Json:
        if client_id not in world.machines:
            raise Refused(404, "not_found", "Não encontramos o que você procura.")
        return world.machines[client_id]

    @router.get("")
    async def page(request: Request) -> Json:
        world.caller(request, "administrator", "auditor")
        return {"items": list(world.machines.values()), "next_cursor": None}

    @router.get("/{client_id}")
    async def one(request: Request, client_id: str) -> Json:
        world.caller(request, "administrator", "auditor")
        return client_of(client_id)

    @router.post("", status_code=201)
    async def register(request: Request, body: dict[str, Any]) -> Json:
        confirmed(request)
        if not body["scopes"]:
            wrong = [
                {"field": "scopes", "code": "accounts.scopes_invalid", "detail": "Escolha ao menos uma."}
            ]
            raise Refused(422, "invalid", "Há campos a corrigir. Nada foi gravado.", errors=wrong)
        if (known := world.repeated(request)) is not None:
            raise Refused(
                409, "accounts.secret_shown", "O segredo já apareceu uma vez.", existing_id=known["id"]
            )
        made = {
            "id": fresh_id(), "client_id": "integration-0123456789abcdef", "name": body["name"],
            "scopes": body["scopes"], "state": "active", "created_at": now(), "created_by": None,
            "expires_at": now(), "expired": False, "last_used_at": None,
            "secret_used_at": None, "previous_secret": None,
        }  # fmt: skip
        world.machines[made["id"]] = made
        world.machines_asked.append(body)
        return world.once(request, made) | {"client_secret": SECRETS[0]}

    @router.post("/{client_id}/secrets", status_code=201)
    async def rotate(request: Request, client_id: str, body: dict[str, Any]) -> Json:
        confirmed(request)
        client = client_of(client_id)
        if client["previous_secret"]:
            raise Refused(409, "accounts.rotation_open", "O segredo anterior ainda funciona.")
        if body["overlap_hours"]:
            client["previous_secret"] = {"works_until": now(), "last_used_at": None}
        world.machines_asked.append(body)
        return client | {"client_secret": SECRETS[1]}

    @router.delete("/{client_id}/secrets/previous", status_code=204)
    async def end_previous(request: Request, client_id: str) -> None:
        confirmed(request)
        client_of(client_id)["previous_secret"] = None

    @router.put("/{client_id}/suspension", status_code=204)
    async def suspend(request: Request, client_id: str) -> None:
        confirmed(request)
        client_of(client_id)["state"] = "suspended"

    @router.delete("/{client_id}/suspension", status_code=204)
    async def resume(request: Request, client_id: str) -> None:
        confirmed(request)
        client_of(client_id)["state"] = "active"

    @router.delete("/{client_id}", status_code=204)
    async def end(request: Request, client_id: str) -> None:
        confirmed(request)
        client_of(client_id)["state"] = "ended"

    return router
