"""Fake accounts: texts, and the ledger of what people answered."""

from typing import Any

from fastapi import APIRouter, Request

from tests.unit.portal.fake.state import Json, Refused, World, fresh_id, now

KINDS = {
    "terms": "Termos de uso do portal",
    "privacy": "Aviso de privacidade",
    "email_messages": "Avisos sobre exames por e-mail",
    "sms_messages": "Avisos sobre exames por SMS",
}
VERSION = 2


def _text(kind: str, version: int = VERSION) -> Json:
    body = f"Corpo da versão {version}.\n\nSegundo parágrafo."
    facts = {"kind": kind, "version": version, "locale": "pt-BR", "published_on": "2026-11-26"}
    return facts | {"title": KINDS[kind], "body": body, "sha256": f"{version}" * 64}


def consents(world: World) -> APIRouter:
    router = APIRouter(prefix="/api/v1/accounts")

    @router.get("/consents")
    async def of(request: Request, on_behalf_of: str | None = None) -> Json:
        me = world.caller(request, "patient")
        mine = [each for each in world.answers if each["person_id"] == (on_behalf_of or me.id)]
        newest = {each["kind"]: each for each in mine}
        items = [
            {
                "kind": kind,
                "nature": "notice" if kind in {"terms", "privacy"} else "consent",
                "text": _text(kind),
                "newest": newest.get(kind),
                "waits": world.texts_wait and kind == "terms" and kind not in newest,
            }
            for kind in KINDS
        ]
        return {"items": items, "history": mine[::-1]}

    @router.get("/consents/texts/{kind}")
    async def text(request: Request, kind: str, version: int = VERSION) -> Json:
        assert "authorization" not in request.headers
        if version > VERSION:
            raise Refused(404, "accounts.text_unknown", "Não há texto com esta versão.")
        return _text(kind, version)

    @router.put("/consents/{kind}", status_code=204)
    async def answer(request: Request, kind: str, body: dict[str, Any]) -> None:
        me = world.caller(request, "patient")
        if body["version"] != VERSION and body["act"] != "withdrawn":
            raise Refused(409, "accounts.text_outdated", "Este texto mudou.")
        child = body.get("on_behalf_of")
        facts = {"id": fresh_id(), "person_id": child or me.id, "kind": kind, "at": now()}
        by = {"by": "guardian" if child else "person", "channel": "portal", "text_sha256": "2" * 64}
        world.answers.append(facts | by | {"act": body["act"], "version": body["version"], "locale": "pt-BR"})

    return router
