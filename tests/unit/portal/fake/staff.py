"""Fake accounts: staff and invitations."""

from typing import Any

from fastapi import APIRouter, Request

from tests.unit.portal.fake.people import CODE
from tests.unit.portal.fake.state import Json, Refused, World, fresh_id, now

INVITATION_CODE = "7KQ2-M9XD-4TRW"
SECRET = "JBSWY3DPEHPK3PXP"


def member_of(world: World, account_id: str) -> Json:
    found = world.staff.get(account_id)
    if found is None:
        raise Refused(404, "not_found", "Não encontramos o que você procura.")
    return found


def _vouched(world: World, request: Request, body: dict[str, str]) -> None:
    assert set(body) == {"how"}
    if not world.is_stepped_up(request):
        raise Refused(403, "accounts.step_up_required", "Confirme que é você.")


def staff(world: World) -> APIRouter:
    router = APIRouter(prefix="/api/v1/accounts")

    @router.get("/staff")
    async def people(request: Request, q: str = "") -> Json:
        world.caller(request, "administrator", "auditor")
        found = [one for one in world.staff.values() if q.lower() in one["name"].lower()]
        return {"items": found, "next_cursor": None}

    @router.get("/staff/{account_id}")
    async def member(request: Request, account_id: str) -> Json:
        world.caller(request, "administrator", "auditor")
        return member_of(world, account_id)

    @router.put("/staff/{account_id}/roles", status_code=204)
    async def change(request: Request, account_id: str, body: dict[str, Any]) -> None:
        me = world.caller(request, "administrator")
        if not body["roles"]:
            wrong = [{"field": "roles", "code": "accounts.roles_invalid", "detail": "Escolha um perfil."}]
            raise Refused(422, "accounts.roles_invalid", "Escolha um perfil.", errors=wrong)
        if account_id == me.id:
            raise Refused(403, "accounts.own_roles", "Ninguém dá perfis a si mesmo.")
        member_of(world, account_id).update(body)

    @router.delete("/staff/{account_id}/access", status_code=204)
    async def end(request: Request, account_id: str) -> None:
        me = world.caller(request, "administrator")
        if account_id == me.id:
            raise Refused(409, "accounts.last_administrator", "Esta é a única pessoa que administra.")
        member_of(world, account_id)["active"] = False

    @router.delete("/staff/{account_id}/sessions", status_code=204)
    async def end_sessions(request: Request, account_id: str) -> None:
        world.caller(request, "administrator")
        world.signed_out.append(member_of(world, account_id)["id"])

    @router.delete("/patients/{patient_id}/sessions", status_code=204)
    async def end_patients_sessions(request: Request, patient_id: str) -> None:
        world.caller(request, "receptionist")
        world.signed_out.append(world.records[patient_id]["id"])

    @router.post("/staff/{account_id}/factor-reset", status_code=204)
    async def reset_factors(request: Request, account_id: str, body: dict[str, str]) -> None:
        me = world.caller(request, "administrator")
        _vouched(world, request, body)
        if account_id == me.id:
            raise Refused(409, "accounts.nobody_vouches", "Só você administra a clínica.")
        world.vouched.append((member_of(world, account_id)["id"], body["how"]))

    @router.post("/patients/{patient_id}/factor-reset", status_code=204)
    async def reset_patients_factors(request: Request, patient_id: str, body: dict[str, str]) -> None:
        world.caller(request, "receptionist")
        _vouched(world, request, body)
        world.vouched.append((world.records[patient_id]["id"], body["how"]))

    @router.put("/staff/{account_id}/access", status_code=204)
    async def again(request: Request, account_id: str) -> None:
        world.caller(request, "administrator")
        member_of(world, account_id)["active"] = True

    @router.put("/staff/{account_id}/verification", status_code=204)
    async def verify(request: Request, account_id: str, body: dict[str, Any]) -> None:
        me = world.caller(request, "administrator")
        assert set(body) == {"council", "council_number", "council_uf", "how", "note"}
        member_of(world, account_id).update(
            verified=True,
            verified_at=now(),
            verified_by=me.name,
            verified_how=body["how"],
            verified_note=body["note"],
        )

    @router.post("/staff/{account_id}/verification/withdrawal", status_code=204)
    async def withdraw_verification(request: Request, account_id: str, body: dict[str, Any]) -> None:
        world.caller(request, "administrator")
        member_of(world, account_id).update(verified=False, verified_at=None, verified_by=None)

    @router.get("/invitations")
    async def invitations(request: Request) -> Json:
        world.caller(request, "administrator", "auditor")
        return {"items": list(world.invitations.values()), "next_cursor": None}

    @router.post("/invitations", status_code=201)
    async def invite(request: Request, body: dict[str, Any]) -> Json:
        world.caller(request, "administrator")
        if "doctor" in body["roles"] and "council" not in body:
            wrong = [{"field": "council", "code": "accounts.council_required", "detail": "Falta o conselho."}]
            raise Refused(422, "invalid", "Há campos a corrigir. Nada foi gravado.", errors=wrong)
        if (answer := world.repeated(request)) is not None:
            return answer
        made: dict[str, Any] = {
            "id": fresh_id(),
            "sent_at": now(),
            "expires_at": now(),
            "expired": False,
            "mails": 1,
        }
        world.invitations[made["id"]] = body | made | {"email_masked": "n***@teste.test"}
        return world.once(request, {"id": made["id"]})

    @router.post("/invitations/{invitation_id}/mail", status_code=202)
    async def resend(request: Request, invitation_id: str) -> Json:
        world.caller(request, "administrator")
        world.invitations[invitation_id]["mails"] += 1
        return {}

    @router.delete("/invitations/{invitation_id}", status_code=204)
    async def withdraw(request: Request, invitation_id: str) -> None:
        world.caller(request, "administrator")
        del world.invitations[invitation_id]

    @router.post("/invitations/opening")
    async def open_invitation(body: dict[str, Any]) -> Json:
        if body["invitation_code"].replace(" ", "-").upper() != INVITATION_CODE:
            raise Refused(422, "accounts.invitation_invalid", "Convite desconhecido, vencido ou já usado.")
        uri = f"otpauth://totp/Laudo:nova%40teste.test?secret={SECRET}&issuer=Laudo"
        return {
            "clinic": {"id": fresh_id(), "name": "Laboratório Aurora"},
            "name": "Íris Novais",
            "email": "nova@teste.test",
            "roles": ["releaser"],
            "expires_at": now(),
            "has_account": world.invited_is_known,
            "totp_secret": None if world.invited_is_known else SECRET,
            "totp_uri": None if world.invited_is_known else uri,
        }

    @router.post("/invitations/acceptance", status_code=204)
    async def accept(body: dict[str, Any]) -> None:
        if body["code"] != CODE:
            wrong = [{"field": "code", "code": "accounts.code_invalid", "detail": "Código incorreto."}]
            raise Refused(401, "accounts.code_invalid", "Código incorreto.", errors=wrong)
        world.accepted.append(body)

    return router
