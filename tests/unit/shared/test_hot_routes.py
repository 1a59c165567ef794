"""A hot route answers as the framework would, and is declared like any other."""

from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request, Response
from pydantic import BaseModel

from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.api import create_api, json_response
from services.shared.platform.http.callers import callers, public, undeclared_routes
from services.shared.platform.http.hot_routes import hot
from services.shared.platform.http.json_bodies import json_body
from tests.unit.shared.test_http import PREFIX, OneToken

KNOWN = new_id()
ASKS = [
    (f"/{KNOWN}", "doctor-token"),
    (f"/{new_id()}", "doctor-token"),
    (f"/{KNOWN}", "auditor-token"),
    (f"/{KNOWN}", "no-token"),
    (f"/{KNOWN}", None),
]


class Greeting(BaseModel):
    name: str


def api(**more: Any) -> FastAPI:
    router = APIRouter()

    async def read(
        request: Request, caller: Annotated[Principal, callers(Role.DOCTOR)], thing_id: UUID
    ) -> Response:
        if thing_id != KNOWN:
            raise NOT_FOUND.error()
        return json_response({"id": thing_id, "query": str(request.query_params)})

    async def broken(request: Request, caller: Annotated[Principal, callers(Role.DOCTOR)]) -> Response:
        raise RuntimeError("Ana, CPF 52998224725")

    async def greet(request: Request, _: Annotated[None, public("a greeting", limits=())]) -> Response:
        body = await json_body(request, Greeting)
        return json_response({"hello": body.name})

    router.add_api_route("/greetings", hot(greet), methods=["POST"])
    router.add_api_route("/{thing_id}", hot(read))
    router.add_api_route("", hot(broken))
    for path, endpoint in more.items():
        router.add_api_route(f"/{path}/x", endpoint)
    return create_api(title="things", prefix=PREFIX, routers=[router], token_verifier=OneToken(), checks={})


def client_of(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test" + PREFIX)


@pytest.mark.parametrize(("path", "token"), ASKS, ids=["seen", "unknown", "role", "token", "nobody"])
async def test_both_ways_give_the_same_answer(path: str, token: str | None) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with client_of(api()) as client:
        fast = await client.get(path, headers=headers)
        slow = await client.get(f"{path}/", headers=headers)  # a slash too many goes through the framework
    answers = [{**answer.json(), "trace_id": None} for answer in (fast, slow)]
    assert (fast.status_code, answers[0]) == (slow.status_code, answers[1])
    assert fast.headers["content-type"] == slow.headers["content-type"]


@pytest.mark.parametrize(
    ("body", "status"),
    [(b'{"name": "Ana"}', 200), (b'{"name": 5}', 422), (b"{}", 422), (b"", 422), (b"{", 400)],
)
async def test_a_public_route_with_a_body_gives_the_same_answer_both_ways(body: bytes, status: int) -> None:
    headers = {"Content-Type": "application/json"}
    async with client_of(api()) as client:
        fast = await client.post("/greetings", content=body, headers=headers)
        slow = await client.post("/greetings/", content=body, headers=headers)
    answers = [{**answer.json(), "trace_id": None} for answer in (fast, slow)]
    assert (fast.status_code, slow.status_code) == (status, status)
    assert answers[0] == answers[1]


async def test_an_id_that_is_none_is_not_found_and_another_method_is_refused() -> None:
    headers = {"Authorization": "Bearer doctor-token"}
    async with client_of(api()) as client:
        assert (await client.get("/not-an-id", headers=headers)).status_code == 404
        assert (await client.delete(f"/{KNOWN}", headers=headers)).status_code == 405


async def test_a_bug_is_answered_without_its_text() -> None:
    async with client_of(api()) as client:
        answer = await client.get("", headers={"Authorization": "Bearer doctor-token"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "Ana" not in answer.text


def test_hot_routes_are_declared_and_documented_like_any_other() -> None:
    app = api()
    assert list(undeclared_routes(app)) == []
    assert f"{PREFIX}/{{thing_id}}" in app.openapi()["paths"]


def test_a_route_that_wants_more_than_the_fast_way_gives_cannot_be_hot() -> None:
    @hot
    async def greedy(
        request: Request, caller: Annotated[Principal, callers(Role.DOCTOR)], page: int
    ) -> Response:
        return json_response({})

    with pytest.raises(TypeError, match="cannot be hot"):
        api(greedy=greedy)
