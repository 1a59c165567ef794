"""The edge: who may call, what bodies are let in, and errors as problem+json in the caller's language."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel

from services.shared.kernel.errors import INVALID, Category, ErrorKind, FieldError, LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.auth import TOKEN_INVALID
from services.shared.platform.http.api import create_api
from services.shared.platform.http.callers import callers, public, undeclared_routes

PREFIX = "/api/v1/things"
UNKNOWN_CODE = ErrorKind("thing.unknown", Category.INVALID, "Coisa desconhecida.", "Unknown thing.")


class OneToken:
    async def verify(self, token: str) -> Principal:
        role = {"doctor-token": Role.DOCTOR, "auditor-token": Role.AUDITOR}.get(token)
        if role is None:
            raise TOKEN_INVALID.error()
        return Principal(account_id=new_id(), roles=frozenset({role}), clinic_id=new_id())


class Thing(BaseModel):
    count: int


def things(*, undeclared: bool = False) -> FastAPI:
    router = APIRouter()

    @router.post("")
    async def make(thing: Thing, _: Annotated[Principal, callers(Role.DOCTOR)]) -> dict[str, int]:
        return {"count": thing.count}

    @router.get("/wrong")
    async def wrong(_: Annotated[None, public("test")]) -> None:
        fields = (FieldError("values.0", UNKNOWN_CODE),)
        raise LaudoError(INVALID, errors=fields)

    @router.get("/bug")
    async def bug(_: Annotated[None, public("test")]) -> None:
        raise RuntimeError("Ana, CPF 52998224725")

    if undeclared:

        @router.get("/open")
        async def open_to_all() -> None:
            return None

    async def down() -> None:
        raise ConnectionError

    async def up() -> None:
        return None

    return create_api(
        title="things",
        prefix=PREFIX,
        routers=[router],
        token_verifier=OneToken(),
        checks={"database": up, "queue": down},
    )


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(things(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test" + PREFIX) as client:
        yield client


DOCTOR = {"Authorization": "Bearer doctor-token"}


def test_a_route_without_a_declared_caller_is_found() -> None:
    assert list(undeclared_routes(things())) == []
    assert list(undeclared_routes(things(undeclared=True))) == [f"['GET'] {PREFIX}/open"]


async def test_the_named_role_is_let_in(client: httpx.AsyncClient) -> None:
    answer = await client.post("", json={"count": 3}, headers=DOCTOR)
    assert (answer.status_code, answer.json()) == (200, {"count": 3})


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        ({}, 401, "auth.token_missing"),
        ({"Authorization": "Basic abc"}, 401, "auth.token_missing"),
        ({"Authorization": "Bearer stolen"}, 401, "auth.token_invalid"),
        ({"Authorization": "Bearer auditor-token"}, 403, "forbidden"),
    ],
)
async def test_everyone_else_is_kept_out(
    client: httpx.AsyncClient, header: dict[str, str], status: int, code: str
) -> None:
    answer = await client.post("", json={"count": 3}, headers=header)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "json_malformed"),
        (b'{"count": 1}', "text/plain", 415, "content_type_unsupported"),
        (b"x" * 1_000_001, "application/json", 413, "body_too_large"),
        (b'{"count": "many"}', "application/json", 422, "invalid"),
        (b"{}", "application/json", 422, "invalid"),
        (b"", "application/json", 422, "invalid"),
        (b"\xff\xfe", "application/json", 400, "json_malformed"),
    ],
)
async def test_bad_bodies_get_a_clear_answer(
    client: httpx.AsyncClient, content: bytes, kind: str, status: int, code: str
) -> None:
    answer = await client.post("", content=content, headers={**DOCTOR, "Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_streamed_body_is_limited_too(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"x" * 50_000

    headers = {**DOCTOR, "Content-Type": "application/json"}
    answer = await client.post("", content=endless(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("language", "detail"), [("pt-BR,pt;q=0.9", "Coisa desconhecida."), ("en-GB", "Unknown thing.")]
)
async def test_errors_speak_the_callers_language(
    client: httpx.AsyncClient, language: str, detail: str
) -> None:
    answer = await client.get("/wrong", headers={"Accept-Language": language})
    assert answer.json()["errors"] == [{"field": "values.0", "code": "thing.unknown", "detail": detail}]


async def test_a_bug_tells_nothing_but_its_trace(client: httpx.AsyncClient) -> None:
    answer = await client.get("/bug")
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body["code"]) == (500, "internal")
    assert "Ana" not in answer.text
    assert len(body["trace_id"]) == 32


async def test_health_names_the_dependency_that_is_down(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "alive"}
    ready = await client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["dependencies"] == {"database": "up", "queue": "down"}


async def test_openapi_is_served(client: httpx.AsyncClient) -> None:
    assert PREFIX in (await client.get("/openapi.json")).json()["paths"]


async def test_a_slash_too_many_does_no_harm(client: httpx.AsyncClient) -> None:
    answer = await client.post("/", json={"count": 3}, headers=DOCTOR)
    assert (answer.status_code, answer.json()) == (200, {"count": 3})
