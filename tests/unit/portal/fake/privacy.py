"""Fake accounts: a person's rights over the own data."""

from typing import Any

from fastapi import APIRouter, Request

from tests.unit.portal.fake.people import CLINIC_A
from tests.unit.portal.fake.state import Json, Refused, World, fresh_id, now

RECEIPT = "7KQ2-M9XD-4TRW-HJ5B"
_BASIS = "Lei 13.709/2018 (LGPD), art. 18, VI"


def _items(*, done: bool = False) -> list[Json]:
    def item(name: str, outcome: str, **more: Any) -> Json:
        facts = {"until": None, "clinic_id": None, "reason": None, "done": done, "basis": _BASIS}
        return {"name": name, "outcome": outcome} | facts | more

    return [
        item("contact", "erased"),
        item("shares", "anonymised"),
        item("identity", "erased", clinic_id=CLINIC_A["id"], reason="sem pendência"),
        item("clinical_record", "kept", until="2046-11-26"),
    ]


def privacy(world: World) -> APIRouter:
    router = APIRouter(prefix="/api/v1/accounts")

    @router.get("/me/records")
    async def own_records(request: Request) -> Json:
        me = world.caller(request, "patient")
        if not world.is_stepped_up(request):
            raise Refused(403, "accounts.step_up_required", "Confirme que é você.")
        facts = {
            "cpf": "12345678909",
            "cns": None,
            "mother_name": "Rosa",
            "email": "ana@teste.test",
            "phone": None,
        }
        own = [one for one in world.records.values() if one["person_id"] == me.id]
        records = [{**one, **facts, "patient_id": one["id"], "clinic": CLINIC_A} for one in own]
        account = {"account_id": me.id, "name": me.name, "email": None, "phone": None, "locale": "pt-BR"}
        return account | {"records": records}

    @router.get("/me/corrections")
    async def own_corrections(request: Request) -> Json:
        me = world.caller(request, "patient")
        return {"items": [one for one in world.corrections.values() if one["person_id"] == me.id]}

    @router.post("/me/corrections", status_code=201)
    async def propose(request: Request, body: dict[str, Any]) -> Json:
        me = world.caller(request, "patient")
        if not body["value"]:
            wrong = [
                {"field": "value", "code": "accounts.value_missing", "detail": "Escreva como deve ficar."}
            ]
            raise Refused(422, "accounts.value_missing", "Escreva como deve ficar.", errors=wrong)
        record = world.records[body["patient_id"]]
        made = {"id": fresh_id(), "person_id": me.id, "state": "proposed", "proposed": body["value"]}
        made |= {"previous": str(record.get(body["field"]) or ""), "answer": None, "proposed_at": now()}
        world.corrections[made["id"]] = body | made | {"decided_at": None, "record": record}
        return {"id": made["id"]}

    @router.get("/corrections")
    async def open_corrections(request: Request) -> Json:
        world.caller(request, "receptionist", "administrator")
        found = [one for one in world.corrections.values() if one["state"] == "proposed"]
        return {"items": found, "next_cursor": None}

    @router.put("/corrections/{correction_id}/decision", status_code=204)
    async def answer(request: Request, correction_id: str, body: dict[str, Any]) -> None:
        world.caller(request, "receptionist", "administrator")
        if len(body["answer"]) < 3:
            raise Refused(422, "accounts.reason_short", "Escreva o motivo.")
        state = "accepted" if body["accept"] else "refused"
        world.corrections[correction_id].update(state=state, answer=body["answer"], decided_at=now())

    @router.get("/me/erasure")
    async def own(request: Request) -> Json:
        me = world.caller(request, "patient")
        return {"erasure": world.erasures.get(me.id), "plan": _items()}

    @router.put("/me/erasure")
    async def ask(request: Request) -> Json:
        me = world.caller(request, "patient")
        if not world.is_stepped_up(request):
            raise Refused(403, "accounts.step_up_required", "Confirme que é você.")
        times = {"requested_at": now(), "due_at": now(), "withdrawn_at": None, "done_at": None}
        made = {"id": fresh_id(), "state": "requested", "receipt_code": RECEIPT, "items": _items()} | times
        return world.erasures.setdefault(me.id, made)

    @router.delete("/me/erasure", status_code=204)
    async def withdraw(request: Request) -> None:
        me = world.caller(request, "patient")
        if me.id not in world.erasures:
            raise Refused(409, "accounts.erasure_closed", "Este pedido já foi cumprido ou retirado.")
        del world.erasures[me.id]

    @router.post("/erasures/receipt")
    async def receipt(request: Request, body: dict[str, str]) -> Json:
        assert "authorization" not in request.headers
        if body["code"].upper() != RECEIPT:
            raise Refused(404, "accounts.receipt_unknown", "Nenhum recibo tem este código.")
        times = {"requested_at": now(), "due_at": now(), "withdrawn_at": None, "done_at": now()}
        return {"state": "done", "items": _items(done=True)} | times

    @router.get("/erasures")
    async def waiting(request: Request) -> Json:
        world.caller(request, "administrator")
        record = next(iter(world.records.values()))
        facts = {"decision": "pending", "reason": None, "keep_until": None}
        items = [
            {name: each[name] for name in ("id", "requested_at", "due_at")}
            | {"records": [record]}
            | (world.decisions.get(each["id"]) or facts)
            for each in world.erasures.values()
        ]
        return {"items": items, "next_cursor": None}

    @router.put("/erasures/{erasure_id}/decision", status_code=204)
    async def decide(request: Request, erasure_id: str, body: dict[str, Any]) -> None:
        world.caller(request, "administrator")
        if len(body["reason"]) < 3:
            raise Refused(422, "accounts.reason_short", "Escreva o motivo.")
        world.decisions[erasure_id] = body | {"decision": "keep" if body["keep_until"] else "erase"}

    return router
