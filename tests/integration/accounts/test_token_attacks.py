"""Forged tokens at a real route of a real service: what attackers send is 401, whatever they forged."""

import base64
from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest
from joserfc.jwk import RSAKey

from services.accounts.bootstrap.settings import Settings
from services.accounts.bootstrap.signing_keys import read_signing_keys
from services.shared.kernel.clock import SystemClock
from services.shared.platform.postgres.database import connect_database
from tests.integration.accounts.test_service import PREFIX, person, sign_in
from tests.support.forgeries import FORGERIES, Forger


def _claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    claims: dict[str, Any] = orjson.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


@pytest.fixture(scope="module")
async def forger(http: httpx.AsyncClient, seeded: Settings) -> AsyncIterator[Forger]:
    """In possession of the issuer's own key and of the claims of a patient who is signed in."""
    session = await sign_in(http, person("patient"))
    database = await connect_database(seeded.database_url, size=1)
    in_use = await read_signing_keys(seeded, database)
    key = in_use.ring.signer(SystemClock().now())
    other = RSAKey.generate_key(2048, {"kid": "other-1"})
    yield Forger(key, _claims(session["access_token"]), other, "https://idp.test")
    await database.close()


async def _ask(http: httpx.AsyncClient, token: str) -> httpx.Response:
    return await http.get(f"{PREFIX}/me", headers={"Authorization": f"Bearer {token}"})


async def test_what_the_attacks_start_from_is_let_in(http: httpx.AsyncClient, forger: Forger) -> None:
    assert (await _ask(http, forger.good())).status_code == 200


@pytest.mark.parametrize("name", FORGERIES)
async def test_a_forged_token_is_let_in_nowhere(http: httpx.AsyncClient, forger: Forger, name: str) -> None:
    answer = await _ask(http, FORGERIES[name](forger))
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == ("auth.token_missing" if name == "nothing" else "auth.token_invalid")


async def test_a_refresh_token_opens_no_route(http: httpx.AsyncClient) -> None:
    session = await sign_in(http, person("patient"))
    assert (await _ask(http, session["refresh_token"])).status_code == 401
