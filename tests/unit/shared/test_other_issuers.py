"""Tokens of Cognito, Keycloak and any OpenID Connect provider, verified against a real one over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey
from pydantic import ValidationError

from services.shared.kernel.errors import LaudoError
from services.shared.kernel.principal import Role
from services.shared.platform.auth import JwksTokenVerifier
from services.shared.platform.issuers.other_issuer import OtherIssuer
from services.shared.platform.issuers.published_keys import PublishedKeys
from services.shared.platform.settings import ServiceSettings
from tests.support.oidc_provider import DISCOVERY, KEYS, OidcProvider, new_key, oidc_provider
from tests.support.revocations import KnownRevocations

PERSON = "0193a000-0000-7000-8000-000000000001"
CLINIC, ELSEWHERE = "0193a000-0000-7000-8000-00000000000a", "0193a000-0000-7000-8000-00000000000b"
ROLES = {
    "lab-doctor": "doctor",
    "lab-bench": "technician",
    "lab-audit": "auditor",
}
KEYCLOAK = {
    "aud": ["account", "laudo-api"],
    "typ": "Bearer",
    "realm_access": {"roles": ["lab-doctor", "offline_access"]},
    "laudo_person_id": PERSON,
    "clinic": CLINIC,
}


class Moments:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def provider() -> Iterator[OidcProvider]:
    with oidc_provider() as ready:
        yield ready


@pytest.fixture
def elapsed() -> Moments:
    return Moments()


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


def keycloak(provider: OidcProvider, **changes: Any) -> OtherIssuer:
    told = {
        "kind": "keycloak",
        "issuer": provider.issuer,
        "audiences": ["laudo-api"],
        "roles": ROLES,
        "clinic_claim": "clinic",
        "clinics": [CLINIC],
    }
    return OtherIssuer.model_validate(told | changes)


def verifier_of(
    told: OtherIssuer, http: httpx.AsyncClient, elapsed: Moments | None = None
) -> JwksTokenVerifier:
    return JwksTokenVerifier(
        issuer="http://localhost:8080/api/v1/accounts",
        audience="laudo",
        jwks_url="http://127.0.0.1:9/never",
        http=http,
        revocations=KnownRevocations(),
        others=[told],
        elapsed=elapsed or Moments(),
    )


@pytest.fixture
def verifier(provider: OidcProvider, http: httpx.AsyncClient, elapsed: Moments) -> JwksTokenVerifier:
    return verifier_of(keycloak(provider), http, elapsed)


async def test_keycloaks_token_names_person_clinic_and_mapped_roles(
    provider: OidcProvider, verifier: JwksTokenVerifier
) -> None:
    principal = await verifier.verify(provider.token(KEYCLOAK))
    assert principal.account_id == UUID(PERSON)
    assert principal.clinic_id == UUID(CLINIC)
    assert principal.roles == {Role.DOCTOR}
    assert (principal.scopes, principal.step_up_at, principal.session_id) == (frozenset(), None, None)


async def test_cognitos_access_token_has_a_client_and_no_audience(
    provider: OidcProvider, http: httpx.AsyncClient
) -> None:
    told = OtherIssuer.model_validate(
        {
            "kind": "cognito",
            "issuer": provider.issuer,
            "audiences": ["7app"],
            "roles": {"bench": "technician"},
            "clinics": [CLINIC],
        }
    )
    verifier = verifier_of(told, http)
    claims = {"token_use": "access", "client_id": "7app", "cognito:groups": ["bench"], "username": PERSON}
    principal = await verifier.verify(provider.token(claims))
    assert principal.account_id == UUID(PERSON)
    assert principal.roles == {Role.TECHNICIAN}
    assert principal.clinic_id == UUID(CLINIC)
    for wrong in ({"token_use": "id"}, {"client_id": "another"}, {"client_id": None, "aud": "7app"}):
        with pytest.raises(LaudoError, match="token_invalid"):
            await verifier.verify(provider.token(claims | wrong))


async def test_any_provider_by_the_standard_type_of_access_tokens(
    provider: OidcProvider, http: httpx.AsyncClient
) -> None:
    told = OtherIssuer.model_validate(
        {
            "issuer": provider.issuer,
            "audiences": ["laudo"],
            "person_claim": "sub",
            "roles_claim": "https://clinic.test/roles",
            "roles": {"d": "doctor"},
            "clinics": [CLINIC],
        }
    )
    provider.rotate("e1", "EC")
    claims = {"aud": "laudo", "sub": PERSON, "https://clinic.test/roles": "d e"}
    verifier = verifier_of(told, http)
    principal = await verifier.verify(provider.token(claims, header={"typ": "at+jwt"}))
    assert principal.roles == {Role.DOCTOR}
    assert principal.clinic_id == UUID(CLINIC)
    with pytest.raises(LaudoError, match="token_invalid"):
        await verifier.verify(provider.token(claims))


@pytest.mark.parametrize(
    ("named", "clinic"),
    [
        ([], CLINIC),
        (["administrator", "doctor", "service"], CLINIC),  # our own names mean nothing there
        (["lab-doctor"], ELSEWHERE),
        (["lab-doctor"], None),
        (["lab-doctor"], "x"),
        (["lab-doctor", "lab-audit"], CLINIC),
        ({"lab-doctor": True}, CLINIC),
        ([["lab-doctor"], 7], CLINIC),
        (None, CLINIC),
    ],
)
async def test_what_is_not_mapped_gives_no_role(
    provider: OidcProvider, verifier: JwksTokenVerifier, named: Any, clinic: str | None
) -> None:
    claims = KEYCLOAK | {"realm_access": {"roles": named}, "clinic": clinic}
    principal = await verifier.verify(provider.token(claims))
    assert (principal.roles, principal.clinic_id) == (frozenset(), None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"laudo_person_id": None},
        {"laudo_person_id": "ana"},
        {"aud": "account"},
        {"aud": None},
        {"typ": "ID"},
        {"typ": "Refresh"},
        {"typ": None},
        {"exp": 4102444800},  # lives longer than the settings allow
        {"iss": "http://elsewhere"},
    ],
    ids=str,
)
async def test_a_token_for_something_else_is_refused(
    provider: OidcProvider, verifier: JwksTokenVerifier, wrong: dict[str, Any]
) -> None:
    with pytest.raises(LaudoError, match="token_invalid"):
        await verifier.verify(provider.token(KEYCLOAK | wrong))


async def test_no_network_call_after_the_first_key(
    provider: OidcProvider, verifier: JwksTokenVerifier
) -> None:
    tokens = [provider.token(KEYCLOAK) for _ in range(20)]
    await asyncio.gather(*(verifier.verify(token) for token in tokens))
    assert provider.asked == [DISCOVERY, KEYS]


async def test_a_rotated_key_is_found_without_a_restart_and_the_old_one_serves_on(
    provider: OidcProvider, verifier: JwksTokenVerifier, elapsed: Moments
) -> None:
    old = provider.token(KEYCLOAK)
    await verifier.verify(provider.token(KEYCLOAK))
    provider.rotate("r2")
    elapsed.now += 11
    assert (await verifier.verify(provider.token(KEYCLOAK))).roles == {Role.DOCTOR}
    assert (await verifier.verify(old)).roles == {Role.DOCTOR}
    assert provider.asked.count(KEYS) == 2


async def test_made_up_key_names_make_one_call_however_many_come(
    provider: OidcProvider, verifier: JwksTokenVerifier, elapsed: Moments
) -> None:
    await verifier.verify(provider.token(KEYCLOAK))
    elapsed.now += 11
    stranger = RSAKey.generate_key(2048, {"kid": "x"})
    made_up = [
        provider.token(KEYCLOAK, key=stranger, header={"kid": f"x{number}", "alg": "RS256"})
        for number in range(50)
    ]
    answers = await asyncio.gather(*(verifier.verify(token) for token in made_up), return_exceptions=True)
    assert all(isinstance(answer, LaudoError) for answer in answers)
    assert provider.asked.count(KEYS) == 2


async def test_while_the_provider_is_away_known_keys_serve_on(
    provider: OidcProvider, verifier: JwksTokenVerifier, elapsed: Moments
) -> None:
    await verifier.verify(provider.token(KEYCLOAK))
    provider.up = False
    unknown = provider.token(KEYCLOAK, key=new_key("r9"))
    for _ in range(3):
        elapsed.now += 400  # stale, too
        with pytest.raises(LaudoError, match="token_invalid"):
            await verifier.verify(unknown)
        assert (await verifier.verify(provider.token(KEYCLOAK))).roles == {Role.DOCTOR}
    provider.up, provider.keys = True, [new_key("r9")]
    elapsed.now += 11
    assert (await verifier.verify(provider.token(KEYCLOAK))).roles == {Role.DOCTOR}


async def test_a_provider_that_was_never_there_is_said_to_be_away_and_asked_once_a_second(
    provider: OidcProvider, verifier: JwksTokenVerifier, elapsed: Moments
) -> None:
    provider.up = False
    for _ in range(20):
        with pytest.raises(LaudoError, match="unavailable"):
            await verifier.verify(provider.token(KEYCLOAK))
    assert provider.asked == [DISCOVERY]
    provider.up = True
    elapsed.now += 1
    assert (await verifier.verify(provider.token(KEYCLOAK))).roles == {Role.DOCTOR}


async def test_a_withdrawn_key_is_forgotten_within_minutes(
    provider: OidcProvider, http: httpx.AsyncClient
) -> None:
    elapsed = Moments()
    keys = PublishedKeys(http, issuer=provider.issuer, jwks_url=None, seconds=elapsed)
    assert await keys.find("r1") is not None
    provider.keys = [new_key("r2")]
    elapsed.now += 301
    assert await keys.find("r1") is not None  # nobody waits: it is asked beside the request
    assert keys._refreshing is not None
    await keys._refreshing
    assert await keys.find("r1") is None
    assert await keys.find("r2") is not None


async def test_a_discovery_document_of_another_issuer_is_not_believed(
    provider: OidcProvider, verifier: JwksTokenVerifier
) -> None:
    provider.says_issuer = "https://evil.test"
    with pytest.raises(LaudoError, match="unavailable"):
        await verifier.verify(provider.token(KEYCLOAK))
    assert provider.asked == [DISCOVERY]


@pytest.mark.parametrize("leads_to", ["http://idp.test/keys", "https://idp.test/keys"])
async def test_discovery_does_not_lead_from_https_to_http(leads_to: str) -> None:
    asked: list[str] = []
    published = {"keys": [new_key("r1").as_dict(private=False)]}

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        is_document = request.url.path == DISCOVERY
        return httpx.Response(
            200, json={"issuer": "https://idp.test", "jwks_uri": leads_to} if is_document else published
        )

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        keys = PublishedKeys(http, issuer="https://idp.test", jwks_url=None)
        if leads_to.startswith("https"):
            assert await keys.find("r1") is not None
        else:
            with pytest.raises(LaudoError, match="unavailable"):
                await keys.find("r1")
            assert asked == ["https://idp.test" + DISCOVERY]
        inside = PublishedKeys(http, issuer="https://idp.test", jwks_url="http://idp/keys")
        assert await inside.find("r1") is not None  # as the settings say


@pytest.mark.filterwarnings("ignore:Key size should be")
async def test_published_keys_that_are_not_for_us_are_left_out(
    provider: OidcProvider, verifier: JwksTokenVerifier
) -> None:
    encrypting = RSAKey.generate_key(2048, {"kid": "enc", "use": "enc", "alg": "RSA-OAEP"})
    secret = OctKey.generate_key(256, {"kid": "oct"})
    weak = RSAKey.generate_key(1024, {"kid": "weak"})
    nameless = ECKey.generate_key("P-256").as_dict(private=False)
    provider.more_keys = [
        encrypting.as_dict(private=False),
        secret.as_dict(private=True),
        weak.as_dict(private=False),
        {name: value for name, value in nameless.items() if name != "kid"},
        {"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA", "kid": "odd"},
        {"kty": "AKP", "kid": "of the future"},
        {},
        "no key",  # type: ignore[list-item]
    ]
    assert (await verifier.verify(provider.token(KEYCLOAK))).roles == {Role.DOCTOR}
    unmarked = {
        name: value for name, value in encrypting.as_dict(private=True).items() if name not in ("use", "alg")
    }
    for key in (RSAKey.import_key(unmarked), weak):
        with pytest.raises(LaudoError, match="token_invalid"):
            await verifier.verify(provider.token(KEYCLOAK, key=key))


NEEDED = {
    "issuer": "https://idp.test",
    "audiences": ["laudo"],
    "person_claim": "sub",
    "roles_claim": "roles",
    "roles": {"d": "doctor"},
    "clinics": [CLINIC],
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "idp.test"},
        {"audiences": []},
        {"roles": {"d": "emperor"}},
        {"roles": {"d": "doctor", "p": "patient"}},
        {"roles": {"d": "service"}},
        {"roles": {"d": "integration"}},
        {"clinics": []},
        {"clinics": [CLINIC, ELSEWHERE]},
        {"kind": "kerberos"},
        {"access_claim": "typ"},
        {"longest_s": 86_400},
        {"rolez": {}},
    ],
    ids=str,
)
def test_settings_that_would_grant_too_much_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        OtherIssuer.model_validate(NEEDED | wrong)


def test_settings_come_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAUDO_OTHER_ISSUERS", json.dumps([NEEDED]))
    told = ServiceSettings(redis_url="r", issuer="i", jwks_url="j").other_issuers
    assert told == [OtherIssuer.model_validate(NEEDED)]


async def test_two_issuers_of_one_name_are_refused(http: httpx.AsyncClient) -> None:
    with pytest.raises(ValueError, match="twice"):
        verifier_of(
            OtherIssuer.model_validate(NEEDED | {"issuer": "http://localhost:8080/api/v1/accounts"}), http
        )
