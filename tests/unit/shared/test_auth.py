"""Access tokens: only the issuer's own, for us, in time, with a signature of an allowed algorithm."""

import base64
import hashlib
import hmac
import time
from typing import Any
from uuid import UUID

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Role
from services.shared.platform.auth import JwksTokenVerifier
from tests.support.revocations import KnownRevocations

ISSUER = "http://localhost:8080/api/v1/accounts"
ACCOUNT = str(new_id())
CLINIC = str(new_id())


class Issuer:
    """A real key set served over a transport that counts how often it is asked."""

    def __init__(self) -> None:
        self.keys = [ECKey.generate_key("P-256", {"kid": "k1"})]
        self.asked = 0
        self.up = True

    def __call__(self, _: httpx.Request) -> httpx.Response:
        self.asked += 1
        if not self.up:
            return httpx.Response(503)
        return httpx.Response(200, json={"keys": [key.as_dict(private=False) for key in self.keys]})

    def token(self, *, key: Any = None, header: dict[str, Any] | None = None, **claims: Any) -> str:
        now = int(time.time())
        body = {
            "iss": ISSUER,
            "aud": "laudo",
            "sub": ACCOUNT,
            "roles": ["doctor"],
            "clinic": CLINIC,
            "iat": now,
            "exp": now + 600,
            **claims,
        }
        body = {name: value for name, value in body.items() if value is not None}
        key = key or self.keys[-1]
        return jwt.encode(header or {"alg": "ES256", "kid": key.kid, "typ": "at+jwt"}, body, key)


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def revocations() -> KnownRevocations:
    return KnownRevocations()


class Moments:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def elapsed() -> Moments:
    return Moments()


@pytest.fixture
def verifier(issuer: Issuer, revocations: KnownRevocations, elapsed: Moments) -> JwksTokenVerifier:
    http = httpx.AsyncClient(transport=httpx.MockTransport(issuer))
    return JwksTokenVerifier(
        issuer=ISSUER,
        audience="laudo",
        jwks_url="http://accounts/jwks",
        http=http,
        revocations=revocations,
        elapsed=elapsed,
    )


async def test_a_good_token_names_its_person_clinic_and_roles(
    issuer: Issuer, verifier: JwksTokenVerifier
) -> None:
    principal = await verifier.verify(issuer.token())
    assert principal.account_id == UUID(ACCOUNT)
    assert principal.clinic_id == UUID(CLINIC)
    assert principal.roles == {Role.DOCTOR}


async def test_no_network_call_after_the_first_key(issuer: Issuer, verifier: JwksTokenVerifier) -> None:
    for _ in range(5):
        await verifier.verify(issuer.token(jti=str(new_id())))
    assert issuer.asked == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "http://elsewhere"},
        {"aud": "another"},
        {"exp": 1},
        {"nbf": 4102444800},
        {"sub": None},
        {"exp": None},
        {"sub": "not-an-id"},
        {"roles": ["emperor"]},
        {"clinic": "x"},
        {"clinic": 7},
        {"exp": "soon"},
        {"exp": 10**40, "step_up": 10**40},
        {"exp": [1]},
        {"roles": 7},
        {"roles": [["doctor"]]},
        {"roles": {"doctor": 1, "x": 2}},
        {"step_up": "now"},
        {"step_up": -(10**30)},
        {"sid": 7},
        {"sub": 7},
        {"iat": "x"},
        {"nbf": "x"},
    ],
    ids=str,
)
async def test_a_token_with_a_wrong_claim_is_refused(
    issuer: Issuer, verifier: JwksTokenVerifier, claims: dict[str, Any]
) -> None:
    with pytest.raises(LaudoError, match="token_invalid"):
        await verifier.verify(issuer.token(**claims))


@pytest.mark.parametrize(
    "token",
    [
        *("x", "..", "a.b.c", "a.b.c.d.e", "x" * 20_000, "\u00e9.\u00e9.\u00e9", "\x00.\x00.\x00", "\ud800"),
        "eyJhbGciOiJub25lIn0.e30.",  # {"alg": "none"}
        "eyJhbGciOjd9.e30.x",  # {"alg": 7}
        "eyJhbGciOiJFUzI1NiIsImtpZCI6N30.e30.x",  # {"alg": "ES256", "kid": 7}
        "eyJhbGciOiJFUzI1NiIsImtpZCI6W119.e30.x",  # {"alg": "ES256", "kid": []}
        "eyJhbGciOiJFUzI1NiIsImNyaXQiOlsieCJdfQ.e30.x",  # {"alg": "ES256", "crit": ["x"]}
        "W10.e30.x",  # a header that is a list
        "ew.e30.x",  # {
    ],
)
async def test_what_is_no_token_is_refused(verifier: JwksTokenVerifier, token: str) -> None:
    with pytest.raises(LaudoError, match="token_invalid"):
        await verifier.verify(token)


async def test_a_token_signed_by_another_key_of_the_same_name_is_refused(
    issuer: Issuer, verifier: JwksTokenVerifier
) -> None:
    impostor = ECKey.generate_key("P-256", {"kid": "k1"})
    with pytest.raises(LaudoError, match="token_invalid"):
        await verifier.verify(issuer.token(key=impostor))


async def test_algorithm_confusion_is_refused(issuer: Issuer, verifier: JwksTokenVerifier) -> None:
    def part(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).decode().rstrip("=")

    signed = part(b'{"alg":"HS256","kid":"k1"}') + "." + issuer.token().split(".")[1]
    mac = hmac.new(issuer.keys[0].as_pem(private=False), signed.encode(), hashlib.sha256).digest()
    forged = f"{signed}.{part(mac)}"
    unsigned = "eyJhbGciOiJub25lIn0." + issuer.token().split(".")[1] + "."
    for token in (forged, unsigned, "", "a.b", "a.b.c", "é.é.é", issuer.token()[:-4] + "AAAA"):
        with pytest.raises(LaudoError, match="token_invalid"):
            await verifier.verify(token)


async def test_a_rotated_key_is_fetched_once(
    issuer: Issuer, verifier: JwksTokenVerifier, elapsed: Moments
) -> None:
    await verifier.verify(issuer.token())
    issuer.keys.append(ECKey.generate_key("P-256", {"kid": "k2"}))
    elapsed.now += 11
    await verifier.verify(issuer.token())
    assert issuer.asked == 2


async def test_unknown_keys_do_not_make_us_hammer_the_issuer(
    issuer: Issuer, verifier: JwksTokenVerifier
) -> None:
    await verifier.verify(issuer.token())
    for number in range(20):
        stranger = ECKey.generate_key("P-256", {"kid": f"x{number}"})
        with pytest.raises(LaudoError, match="token_invalid"):
            await verifier.verify(issuer.token(key=stranger))
    assert issuer.asked == 1


async def test_an_issuer_that_is_away_is_said_to_be_away(issuer: Issuer, verifier: JwksTokenVerifier) -> None:
    issuer.up = False
    with pytest.raises(LaudoError, match="unavailable"):
        await verifier.verify(issuer.token())


async def test_a_revoked_session_is_refused_at_once_also_by_a_token_seen_before(
    issuer: Issuer, verifier: JwksTokenVerifier, revocations: KnownRevocations
) -> None:
    session_id = new_id()
    token = issuer.token(sid=str(session_id))
    assert (await verifier.verify(token)).session_id == session_id
    revocations.ended.add(session_id)
    for _ in range(2):
        with pytest.raises(LaudoError, match="token_invalid"):
            await verifier.verify(token)
    assert (await verifier.verify(issuer.token(sid=str(new_id())))).session_id
    assert issuer.asked == 1


async def test_while_revocations_are_unknown_people_wait_and_services_do_not(
    issuer: Issuer, verifier: JwksTokenVerifier, revocations: KnownRevocations
) -> None:
    person, service = issuer.token(sid=str(new_id())), issuer.token(roles=["service"], clinic=None)
    await verifier.verify(person)
    revocations.is_known = False
    with pytest.raises(LaudoError, match="unavailable"):
        await verifier.verify(person)
    assert (await verifier.verify(service)).session_id is None
