"""Rate limits through HTTP: who is counted with whom, and what the refused are told."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Response
from pydantic import BaseModel
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from services.shared.kernel.principal import Principal, Role
from services.shared.platform.auth import TOKEN_INVALID
from services.shared.platform.http.api import create_api, json_response
from services.shared.platform.http.callers import callers, public
from services.shared.platform.http.limits import Limits, network_of
from services.shared.platform.http.worker_listener import listener_app
from services.shared.platform.rate_limits.limit import By, Limit
from tests.unit.accounts.samples import CLINIC_A, CLINIC_B

SIGN_IN = (
    Limit("sign-in", 3, 300, By.LOGIN, shared=True),
    Limit("sign-in-address", 5, 60, By.ADDRESS, shared=True),
)
TWO = (Limit("two", 2, 60, By.PERSON),)
ANA, BENTO = CLINIC_A.id, CLINIC_B.id  # any two ids will do
PEOPLE = {
    "ana": Principal(ANA, frozenset({Role.PATIENT})),
    "bento": Principal(BENTO, frozenset({Role.PATIENT})),
    "machine": Principal(ANA, frozenset({Role.SERVICE})),
}


class Names:
    async def verify(self, token: str) -> Principal:
        if token not in PEOPLE:
            raise TOKEN_INVALID.error()
        return PEOPLE[token]


class Login(BaseModel):
    login: str


def doors() -> FastAPI:
    router = APIRouter()

    @router.post("/sessions")
    async def sign_in(body: Login, _: Annotated[None, public("test", limits=SIGN_IN)]) -> dict[str, str]:
        return {"login": body.login}

    @router.get("/read")
    async def read(
        _: Annotated[Principal, callers(Role.PATIENT, Role.SERVICE, limits=TWO)],
    ) -> Response:
        return json_response({})

    @router.get("/usual")
    async def usual(_: Annotated[Principal, callers(Role.PATIENT)]) -> dict[str, str]:
        return {}

    return create_api(title="doors", prefix="", routers=[router], token_verifier=Names(), checks={})


@pytest.fixture
def app() -> FastAPI:
    return doors()


def client_of(app: Any, address: str = "203.0.113.7") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://test")


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as connected:
        yield connected


async def read(client: httpx.AsyncClient, who: str, path: str = "/read") -> httpx.Response:
    return await client.get(path, headers={"Authorization": f"Bearer {who}"})


async def sign_in(client: httpx.AsyncClient, login: str, **headers: str) -> httpx.Response:
    return await client.post("/sessions", json={"login": login}, headers=headers)


async def test_a_person_is_refused_after_the_amount_and_another_is_not(client: httpx.AsyncClient) -> None:
    assert [(await read(client, "ana")).status_code for _ in range(3)] == [200, 200, 429]
    assert (await read(client, "bento")).status_code == 200


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("pt-BR", "Recebemos pedidos demais em pouco tempo. Nada foi perdido; aguarde 30 s e tente de novo."),
        ("en", "We received too many requests in a short time. Nothing was lost; wait 30 s and try again."),
    ],
)
async def test_the_refused_are_told_what_to_do_in_their_language(
    client: httpx.AsyncClient, language: str, sentence: str
) -> None:
    for _ in range(2):
        await read(client, "ana")
    refused = await client.get("/read", headers={"Authorization": "Bearer ana", "Accept-Language": language})
    assert refused.headers["content-type"] == "application/problem+json"
    assert (refused.json()["code"], refused.json()["detail"]) == ("rate.limited", sentence)
    assert refused.headers["retry-after"] == "30"


async def test_every_answer_states_the_policy_and_what_is_left(client: httpx.AsyncClient) -> None:
    answer = await read(client, "ana")
    assert answer.headers.get_list("ratelimit-policy") == ['"two";q=2;w=60']
    assert answer.headers["ratelimit"] == '"two";r=1;t=30'
    await read(client, "ana")
    refused = await read(client, "ana")
    assert refused.headers["ratelimit"] == '"two";r=0;t=30'
    both = await sign_in(client, "x")
    assert both.headers["ratelimit-policy"] == '"sign-in";q=3;w=300, "sign-in-address";q=5;w=60'


async def test_where_nothing_is_declared_a_person_has_the_usual_limit(client: httpx.AsyncClient) -> None:
    assert (await read(client, "ana", "/usual")).headers["ratelimit-policy"] == '"person";q=1200;w=60'


async def test_probes_and_our_own_services_are_not_counted(client: httpx.AsyncClient) -> None:
    assert [(await read(client, "machine")).status_code for _ in range(5)] == [200] * 5
    assert "ratelimit" not in (await client.get("/healthz")).headers


async def test_a_wrong_token_uses_up_nobodys_requests(client: httpx.AsyncClient) -> None:
    for _ in range(5):
        assert (await read(client, "stolen")).status_code == 401
    assert (await read(client, "ana")).status_code == 200


async def test_nobody_is_kept_out_from_another_address(app: FastAPI) -> None:
    async with client_of(app, "198.51.100.66") as attacker, client_of(app, "203.0.113.7") as home:
        assert [(await sign_in(attacker, "ana@example.com")).status_code for _ in range(4)] == [
            200,
            200,
            200,
            429,
        ]
        assert (await sign_in(home, "ana@example.com")).status_code == 200


async def test_one_persons_haste_leaves_room_for_others_behind_the_same_address(
    client: httpx.AsyncClient,
) -> None:
    for _ in range(9):
        await sign_in(client, "ana@example.com")
    assert (await sign_in(client, "bento@example.com")).status_code == 200


async def test_an_address_has_an_end_too(client: httpx.AsyncClient) -> None:
    answers = [(await sign_in(client, f"person{number}@example.com")).status_code for number in range(7)]
    assert answers == [200] * 5 + [429] * 2


async def test_spellings_of_a_login_count_together(client: httpx.AsyncClient) -> None:
    for spelling in ("529.982.247-25", "52998224725", " ５２９９８２２４７２５"):
        assert (await sign_in(client, spelling)).status_code == 200
    assert (await sign_in(client, "529982247-25")).status_code == 429


@pytest.mark.parametrize("content", [b"{", b"[]", b"null", b'{"login": 1}', b"\xff", b"{}"])
async def test_a_body_that_names_nobody_is_counted_and_refused_as_ever(
    client: httpx.AsyncClient, content: bytes
) -> None:
    answer = await client.post("/sessions", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)


async def test_the_gateway_alone_says_who_called(app: FastAPI) -> None:
    """As `serve_api` runs it: what a client says of itself stands left of what the gateway saw, and is not read."""
    whole: Any = app
    behind = ProxyHeadersMiddleware(whole, trusted_hosts="127.0.0.1")
    async with client_of(behind, "127.0.0.1") as gateway, client_of(behind, "198.51.100.66") as stranger:
        for number in range(5):
            said = {"X-Forwarded-For": f"10.9.8.{number}, 203.0.113.7"}
            assert (await sign_in(gateway, f"a{number}", **said)).status_code == 200
        assert (await sign_in(gateway, "b", **{"X-Forwarded-For": "203.0.113.7"})).status_code == 429
        assert (await sign_in(gateway, "b", **{"X-Forwarded-For": "203.0.113.8"})).status_code == 200
        for number in range(5):
            await sign_in(stranger, f"c{number}", **{"X-Forwarded-For": f"203.0.113.{number}"})
        assert (await sign_in(stranger, "d", **{"X-Forwarded-For": "203.0.113.99"})).status_code == 429


async def test_a_factor_multiplies_every_amount(app: FastAPI) -> None:
    app.state.limits = Limits(factor=10)
    async with client_of(app) as client:
        assert [(await read(client, "ana")).status_code for _ in range(21)] == [200] * 20 + [429]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("testclient", ""),
        ("", ""),
    ],
)
def test_an_ipv6_household_is_one_caller(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
async def test_a_workers_small_port_counts_nobody(path: str) -> None:
    async with client_of(listener_app()) as client:
        assert (await client.get(path)).status_code == 200
