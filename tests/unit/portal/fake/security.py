"""Fake accounts: signing in step by step, and account security."""

from typing import Any

from fastapi import APIRouter, Request, Response

from tests.unit.portal.fake.people import CODE, PASSWORD, Person
from tests.unit.portal.fake.state import Json, Refused, World, fresh_id, now

RECOVERY = ["ABCDE-FGH23", "JKMNP-QRS45"]
SECRET = "JBSWY3DPEHPK3PXP"
OPTIONS = {"challenge": "AAAA", "rpId": "portal.test", "allowCredentials": []}


def security(world: World) -> APIRouter:
    router = APIRouter(prefix="/api/v1/accounts")
    tickets = world.tickets

    def of(body: dict[str, Any]) -> Person:
        login = tickets.get(body["ticket"])
        if login is None:
            raise Refused(401, "accounts.ticket_ended", "O tempo desta etapa terminou.")
        return world.people[login]

    def check(person: Person, body: dict[str, Any]) -> None:
        if body.get("factor", "totp") not in person.factors:
            raise Refused(403, "accounts.factor_not_accepted", "Não vale aqui.")
        if body.get("credential") != {"id": "good"} and body.get("code") not in (CODE, *RECOVERY):
            raise Refused(401, "accounts.code_invalid", "Código incorreto.")

    @router.post("/sign-ins")
    async def begin(body: dict[str, Any]) -> Json:
        world.devices.append(body["device"])
        person = world.people.get(body["login"])
        if person is None or body["password"] != PASSWORD:
            raise Refused(401, "accounts.sign_in_failed", "Usuário ou senha não conferem.")
        if not person.factors:
            return {"session": world.grant(person), "pending": None}
        ticket = fresh_id()
        tickets[ticket] = person.login
        pending = {"ticket": ticket, "factors": person.factors, "must_enrol": person.must_enrol}
        return {"session": None, "pending": pending}

    @router.post("/sign-ins/proof")
    async def prove(body: dict[str, Any]) -> Json:
        person = of(body)
        check(person, body)
        if person.must_enrol:
            pending = {"ticket": body["ticket"], "factors": [], "must_enrol": True}
            return {"session": None, "pending": pending}
        del tickets[body["ticket"]]
        return {"session": world.grant(person), "pending": None}

    @router.post("/sign-ins/code", status_code=202)
    async def send_code(body: dict[str, Any]) -> Json:
        world.codes_sent.append(of(body).login)
        return {}

    @router.post("/sign-ins/passkey-options")
    async def challenge(body: dict[str, Any]) -> Json:
        return {"ticket": body.get("ticket") or fresh_id(), "options": OPTIONS}

    @router.post("/sign-ins/passkey")
    async def with_passkey(body: dict[str, Any]) -> Json:
        login = body["credential"].get("of")
        if login not in world.people:
            raise Refused(401, "accounts.passkey_refused", "Não foi possível confirmar a chave.")
        return world.grant(world.people[login])

    @router.post("/sign-ins/totp")
    async def begin_enrolment(body: dict[str, Any]) -> Json:
        return {"ticket": body["ticket"], "secret": SECRET, "address": f"otpauth://totp/x?secret={SECRET}"}

    @router.post("/sign-ins/totp/confirmation")
    async def confirm_enrolment(body: dict[str, Any]) -> Json:
        person = of(body)
        if body["code"] != CODE:
            raise Refused(401, "accounts.code_invalid", "Código incorreto.")
        return {"session": world.grant(person), "recovery_codes": RECOVERY}

    @router.post("/password-resets", status_code=202)
    async def ask_reset(body: dict[str, Any]) -> Json:
        return {"ticket": body["login"]}

    @router.post("/password-resets/completion", status_code=204)
    async def complete(body: dict[str, Any]) -> None:
        if body["ticket"] not in world.people or body["code"] != CODE:
            raise Refused(422, "accounts.reset_failed", "Código incorreto ou vencido.")

    @router.post("/step-up")
    async def step_up(request: Request, body: dict[str, Any]) -> Json:
        person = world.caller(request)
        check(person, body)
        granted = world.grant(person, stepped_up=True)
        return {"access_token": granted["access_token"], "expires_in": 600}

    @router.post("/step-up/passkey-options")
    async def step_up_challenge(request: Request) -> Json:
        world.caller(request)
        return {"ticket": fresh_id(), "options": OPTIONS}

    @router.post("/step-up/code")
    async def step_up_code(request: Request) -> Json:
        world.codes_sent.append(world.caller(request).login)
        return {"ticket": fresh_id()}

    router.include_router(own(world))
    return router


def own(world: World) -> APIRouter:
    router = APIRouter()

    def confirmed(request: Request) -> Person:
        person = world.caller(request)
        if not world.is_stepped_up(request):
            raise Refused(403, "accounts.step_up_required", "Confirme que é você.")
        return person

    @router.get("/me/security")
    async def overview(request: Request) -> Json:
        person = world.caller(request)
        sessions = [
            {"id": id_, "device": device, "place": "203.0.113.0/24", "started_at": now(),
             "last_used_at": now(), "current": device == "Firefox, Linux"}
            for id_, device in person.sessions.items()
        ]  # fmt: skip
        passkeys = [
            {"id": id_, "name": name, "created_at": now(), "last_used_at": None}
            for id_, name in person.passkeys.items()
        ]
        return {
            "totp": "totp" in person.factors, "by_contact": False, "reachable": True,
            "staff": person.clinic is not None, "recovery_codes_left": 9, "passkeys": passkeys,
            "sessions": sessions, "step_up_with": person.factors or ["contact_code"],
        }  # fmt: skip

    @router.put("/me/password", status_code=204)
    async def change(request: Request, body: dict[str, Any]) -> None:
        world.caller(request)
        if body["old"] != PASSWORD:
            wrong = [{"field": "old", "code": "accounts.old_password_wrong", "detail": "Não confere."}]
            raise Refused(422, "accounts.old_password_wrong", "A senha atual não confere.", errors=wrong)

    @router.post("/me/totp")
    async def begin_totp(request: Request) -> Json:
        confirmed(request)
        return {"ticket": "t", "secret": SECRET, "address": f"otpauth://totp/x?secret={SECRET}"}

    @router.post("/me/totp/confirmation")
    async def confirm_totp(request: Request, body: dict[str, Any]) -> Json:
        person = confirmed(request)
        if body["code"] != CODE:
            raise Refused(401, "accounts.code_invalid", "Código incorreto.")
        person.factors = ["totp"]
        return {"recovery_codes": RECOVERY}

    @router.delete("/me/totp", status_code=204)
    async def remove_totp(request: Request) -> None:
        if confirmed(request).clinic is not None:
            raise Refused(409, "accounts.factor_needed", "Sua função exige uma segunda etapa.")

    @router.post("/me/passkeys/options")
    async def passkey_options(request: Request) -> Json:
        confirmed(request)
        return {"ticket": "t", "options": OPTIONS}

    @router.post("/me/passkeys", status_code=201)
    async def add(request: Request, body: dict[str, Any]) -> Json:
        confirmed(request).passkeys[fresh_id()] = body["name"]
        return {"recovery_codes": []}

    @router.put("/me/passkeys/{id_}", status_code=204)
    async def rename(request: Request, id_: str, body: dict[str, Any]) -> None:
        world.caller(request).passkeys[id_] = body["name"]

    @router.delete("/me/passkeys/{id_}", status_code=204)
    async def remove(request: Request, id_: str) -> None:
        del confirmed(request).passkeys[id_]

    @router.post("/me/recovery-codes")
    async def renew(request: Request) -> Json:
        confirmed(request)
        return {"recovery_codes": RECOVERY}

    @router.put("/me/contact-codes", status_code=204)
    async def by_contact(request: Request, body: dict[str, Any]) -> None:
        confirmed(request)

    @router.delete("/sessions/others", status_code=204)
    async def end_others(request: Request) -> Response:
        person = world.caller(request)
        person.sessions = {i: d for i, d in person.sessions.items() if d == "Firefox, Linux"}
        return Response(status_code=204)

    @router.delete("/sessions/{id_}", status_code=204)
    async def end(request: Request, id_: str) -> Response:
        world.caller(request).sessions.pop(id_)
        return Response(status_code=204)

    return router
