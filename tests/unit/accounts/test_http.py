"""The HTTP edge of accounts, over in-memory adapters."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import KeySet

from services.accounts.bootstrap.api import bare_api, equip, own_keys
from services.accounts.domain.machine_client import MachineClient, Secret, hash_secret
from services.shared.kernel.clock import SystemClock
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.callers import undeclared_routes
from services.shared.platform.issuers.other_issuer import OtherIssuer
from services.shared.platform.issuers.published_keys import PublishedKeys
from tests.support.oidc_provider import DISCOVERY, KEYS, oidc_provider
from tests.support.revocations import KnownRevocations
from tests.unit.accounts.samples import AUDIENCE, CLINIC_A, CPF_ANA, ISSUER, PASSWORD, World

PREFIX = "/api/v1/accounts"
SECRET = "s" * 43
REGISTRATION = {"name": "Ana Lima", "birth_date": "1988-02-17", "sex": "F", "cpf": CPF_ANA}

SOMEBODY = "0193a000-0000-7000-8000-0000000000ff"  # fixed: parallel runs must name the same cases


@asynccontextmanager
async def _no_lifespan(_: FastAPI) -> AsyncIterator[None]:
    yield


class Door:
    """The API over a world; tokens are made as sign-in would make them."""

    def __init__(self) -> None:
        self.world = World()
        self.app = bare_api(ISSUER, {}, _no_lifespan)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://accounts")
        self.revocations = KnownRevocations()
        equip(
            self.app,
            self.world.devices,
            issuer=ISSUER,
            audience=AUDIENCE,
            http=own_keys(self.app),
            revocations=self.revocations,
        )

    def bearer(self, *roles: Role, scope: str = "") -> dict[str, str]:
        staff = Role.PATIENT not in roles and Role.SERVICE not in roles
        principal = Principal(
            new_id(),
            frozenset(roles),
            CLINIC_A.id if staff else None,
            frozenset(scope.split()),
            session_id=new_id(),
        )
        token = self.world.devices.issuer.for_principal(principal, SystemClock().now())
        return {"Authorization": f"Bearer {token.value}"}

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        return await self.http.request(method, PREFIX + path, **options)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    door = Door()
    yield door
    await door.http.aclose()


def test_every_route_states_who_may_call_it(door: Door) -> None:
    assert list(undeclared_routes(door.app)) == []


MAY = {
    ("GET", "/patients"): {Role.DOCTOR, Role.RECEPTIONIST, Role.TECHNICIAN, Role.RELEASER, Role.ADMINISTRATOR},
    ("GET", "/doctors"): {Role.DOCTOR, Role.RECEPTIONIST, Role.TECHNICIAN, Role.RELEASER, Role.ADMINISTRATOR},
    ("POST", "/patients"): {Role.DOCTOR, Role.RECEPTIONIST},
    ("GET", f"/patients/{SOMEBODY}"): {
        Role.DOCTOR, Role.RECEPTIONIST, Role.TECHNICIAN, Role.RELEASER, Role.ADMINISTRATOR
    },
    ("GET", f"/patients/{SOMEBODY}/identifiers"): set(),
    ("GET", "/me"): set(Role) - {Role.SERVICE, Role.INTEGRATION},
    ("PUT", "/me/locale"): set(Role) - {Role.SERVICE, Role.INTEGRATION},
    ("POST", "/step-up"): set(Role) - {Role.SERVICE, Role.INTEGRATION},
    ("DELETE", f"/patients/{SOMEBODY}/sessions"): {Role.RECEPTIONIST, Role.ADMINISTRATOR},
    ("DELETE", "/sessions/current"): set(Role) - {Role.SERVICE, Role.INTEGRATION},
}  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("method", "path"), MAY)
async def test_a_role_gets_no_further_than_it_may(door: Door, method: str, path: str, role: Role) -> None:
    answer = await door.send(method, path, headers=door.bearer(role))
    assert (answer.status_code == 403) == (role not in MAY[method, path])


@pytest.mark.parametrize(("method", "path"), MAY)
async def test_nobody_gets_in_without_a_valid_token(door: Door, method: str, path: str) -> None:
    foreign = World().devices.issuer.for_principal(
        Principal(new_id(), frozenset(Role), CLINIC_A.id), SystemClock().now()
    )
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Bearer {foreign.value}"}):
        answer = await door.send(method, path, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_service_needs_the_scope_for_identifiers(door: Door) -> None:
    path = f"/patients/{new_id()}/identifiers"
    assert (
        await door.send("GET", path, headers=door.bearer(Role.SERVICE, scope="snapshot:read"))
    ).status_code == 403
    granted = door.bearer(Role.SERVICE, scope="identifiers:read")
    assert (await door.send("GET", path, headers=granted)).status_code == 404


async def test_published_keys_verify_tokens_and_hold_nothing_private(door: Door) -> None:
    answer = await door.send("GET", "/.well-known/jwks.json")
    keys = answer.json()["keys"]
    assert all(set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"} for key in keys)
    token = door.bearer(Role.DOCTOR)["Authorization"].removeprefix("Bearer ")
    decoded = jwt.decode(token, KeySet.import_key_set(answer.json()), algorithms=["ES256"])
    assert decoded.header["alg"] == "ES256"
    assert decoded.claims["exp"] - decoded.claims["iat"] == 600
    assert (decoded.claims["iss"], decoded.claims["aud"]) == (ISSUER, AUDIENCE)


async def test_discovery_names_the_keys_and_the_token_endpoint(door: Door) -> None:
    told = (await door.send("GET", "/.well-known/openid-configuration")).json()
    assert told["issuer"] == ISSUER
    assert told["jwks_uri"] == f"{ISSUER}/.well-known/jwks.json"
    assert told["token_endpoint"] == f"{ISSUER}/oauth/token"


async def test_signing_in_over_http(door: Door) -> None:
    account = await door.world.patient("ana@a.test")
    answer = await door.send("POST", "/sessions", json={"login": "ana@a.test", "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert set(body) == {"access_token", "refresh_token", "expires_in", "account"}
    assert body["account"] == {
        "id": str(account.id), "name": "Ana Lima", "roles": ["patient"], "clinic": None, "locale": "pt-BR"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "word"), [("pt-BR", "senha"), ("en-GB,en;q=0.9", "password"), ("", "senha")]
)
async def test_errors_speak_the_callers_language(door: Door, language: str, word: str) -> None:
    answer = await door.send(
        "POST",
        "/sessions",
        json={"login": "x@a.test", "password": "y"},
        headers={"Accept-Language": language},
    )
    assert answer.json()["code"] == "accounts.sign_in_failed"
    assert word in answer.json()["detail"]


async def test_wrong_fields_are_named_and_never_quoted(door: Door) -> None:
    answer = await door.send(
        "POST",
        "/patients",
        json={**REGISTRATION, "cpf": "52998224726", "birth_date": "2099-01-01"},
        headers={**door.bearer(Role.DOCTOR), "Idempotency-Key": "a-key-of-mine"},
    )
    assert answer.status_code == 422
    errors = {error["field"]: error["code"] for error in answer.json()["errors"]}
    assert errors == {"cpf": "accounts.cpf_invalid", "birth_date": "accounts.birth_date_in_future"}
    assert "52998224726" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        {"login": "x", "password": "y", "extra": 1},
        {"login": "x" * 300, "password": "y"},
        {"login": "x"},
        {"login": "x", "password": "y" * 2000},
        {"login": 1, "password": "y"},
        [],
    ],
)
async def test_bodies_of_another_shape_are_refused(door: Door, body: Any) -> None:
    answer = await door.send("POST", "/sessions", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_registering_needs_an_idempotency_key(door: Door) -> None:
    answer = await door.send("POST", "/patients", json=REGISTRATION, headers=door.bearer(Role.DOCTOR))
    assert answer.status_code == 422
    keyed = {**door.bearer(Role.DOCTOR), "Idempotency-Key": "a-key-of-mine"}
    made = await door.send("POST", "/patients", json=REGISTRATION, headers=keyed)
    assert made.status_code == 201
    assert made.headers["location"] == f"{PREFIX}/patients/{made.json()['id']}"
    assert set(made.json()) == {"id", "person_id", "record_number", "duplicate"}


@pytest.mark.parametrize("cursor", ["x", "eyJhIjoxfQ", "WyJub3QtYS11dWlkIl0", "é"])
async def test_a_made_up_cursor_is_refused(door: Door, cursor: str) -> None:
    answer = await door.send("GET", "/patients", params={"cursor": cursor}, headers=door.bearer(Role.DOCTOR))
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor_invalid")


async def test_machine_clients_ask_by_form_or_json_and_only_with_basic(door: Door) -> None:
    scopes = frozenset({"snapshot:read"})
    await door.world.clients.put(
        MachineClient(new_id(), "file-management", Secret(hash_secret(SECRET)), scopes)
    )
    known = ("file-management", SECRET)
    ask = {"grant_type": "client_credentials"}
    for options in ({"data": ask}, {"json": ask}, {"data": {**ask, "scope": "snapshot:read"}}):
        answer = await door.send("POST", "/oauth/token", auth=known, **options)
        assert answer.status_code == 200
        assert (answer.json()["token_type"], answer.headers["cache-control"]) == ("Bearer", "no-store")
    refused = [
        (await door.send("POST", "/oauth/token", json=ask)).status_code,
        (await door.send("POST", "/oauth/token", json=ask, headers={"Authorization": "Basic !"})).status_code,
        (await door.send("POST", "/oauth/token", json={"grant_type": "password"}, auth=known)).status_code,
        (await door.send("POST", "/oauth/token", content=b"{", auth=known)).status_code,
        (await door.send("POST", "/oauth/token", data={**ask, "scope": "admin"}, auth=known)).status_code,
    ]
    assert refused == [401, 401, 400, 400, 400]


async def test_the_api_describes_itself(door: Door) -> None:
    described = (await door.send("GET", "/openapi.json")).json()
    assert described["openapi"].startswith("3.1")
    assert (
        "The clinic gets one record per person"
        in described["paths"][f"{PREFIX}/patients"]["post"]["description"]
    )


async def test_whoever_must_wait_is_told_how_long(door: Door) -> None:
    body = {"login": "nobody@a.test", "password": "wrong password"}
    answers = [await door.send("POST", "/sessions", json=body) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert answers[-1].json()["code"] == "accounts.too_many_attempts"
    assert 0 < int(answers[-1].headers["retry-after"]) <= 31


async def test_a_token_of_another_issuer_gets_what_its_mapped_roles_may(door: Door) -> None:
    with oidc_provider() as provider:
        told = OtherIssuer.model_validate(
            {
                "kind": "keycloak",
                "issuer": provider.issuer,
                "audiences": ["laudo-api"],
                "roles": {"lab-desk": "receptionist"},
                "clinics": [CLINIC_A.id],
            }
        )
        equip(
            door.app,
            door.world.devices,
            issuer=ISSUER,
            audience=AUDIENCE,
            http=own_keys(door.app),
            revocations=door.revocations,
            others=[told],
        )

        async def patients(*roles: str) -> int:
            claims = {
                "aud": "laudo-api",
                "typ": "Bearer",
                "realm_access": {"roles": list(roles)},
                "laudo_person_id": SOMEBODY,
            }
            headers = {"Authorization": f"Bearer {provider.token(claims)}"}
            return (await door.send("GET", "/patients", headers=headers)).status_code

        assert await patients("lab-desk") == 200
        assert await patients("receptionist") == 403
        assert await patients() == 403
        ours = await door.send("GET", "/patients", headers=door.bearer(Role.RECEPTIONIST))
        assert ours.status_code == 200
        assert provider.asked == [DISCOVERY, KEYS]


async def test_our_own_discovery_document_leads_to_our_keys(door: Door) -> None:
    public = httpx.AsyncClient(mounts={"http://localhost:8080": httpx.ASGITransport(door.app)})
    keys = PublishedKeys(public, issuer=ISSUER, jwks_url=None)
    token = door.bearer(Role.DOCTOR)["Authorization"].removeprefix("Bearer ")
    kid = jwt.decode(
        token, KeySet.import_key_set((await door.send("GET", "/.well-known/jwks.json")).json())
    ).header["kid"]
    assert await keys.find(kid) is not None
