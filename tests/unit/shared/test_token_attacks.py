"""What attackers make of access tokens is refused, and leads to no call anywhere else."""

import contextlib
import time

import httpx
import pytest
from joserfc.jwk import ECKey, Key, RSAKey

from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Role
from services.shared.platform.auth import TOKEN_INVALID, JwksTokenVerifier
from services.shared.platform.issuers.other_issuer import OtherIssuer
from tests.support.forgeries import FORGERIES, Forger
from tests.support.revocations import KnownRevocations

OWN, OWN_KEYS = "http://localhost:8080/api/v1/accounts", "http://accounts/jwks"
OTHER, OTHER_KEYS = "https://idp.test", "https://idp.test/jwks"


class World:
    """Two issuers that are trusted, and every address that the verifier asks."""

    def __init__(self) -> None:
        key = ECKey.generate_key("P-256", {"kid": "own-1", "use": "sig", "alg": "ES256"})
        other = RSAKey.generate_key(2048, {"kid": "other-1"})
        now = int(time.time())
        claims = {
            "iss": OWN,
            "aud": "laudo",
            "sub": str(new_id()),
            "iat": now,
            "exp": now + 600,
            "roles": ["doctor"],
            "clinic": str(new_id()),
        }
        self.forger = Forger(key, claims, other, OTHER)
        self.sets: dict[str, Key] = {OWN_KEYS: key, OTHER_KEYS: other}
        self.asked: list[str] = []
        self.verifier = JwksTokenVerifier(
            issuer=OWN,
            audience="laudo",
            jwks_url=OWN_KEYS,
            http=httpx.AsyncClient(transport=httpx.MockTransport(self._answer)),
            revocations=KnownRevocations(),
            others=[
                OtherIssuer(
                    issuer=OTHER,
                    audiences=("laudo",),
                    person_claim="sub",
                    roles_claim="roles",
                    roles={"bench": Role.TECHNICIAN},
                    clinics=frozenset({new_id()}),
                    jwks_url=OTHER_KEYS,
                )
            ],
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        return httpx.Response(200, json={"keys": [self.sets[str(request.url)].as_dict(private=False)]})


@pytest.fixture(scope="module")
def world() -> World:
    return World()


async def test_what_the_attacks_start_from_is_accepted(world: World) -> None:
    assert (await world.verifier.verify(world.forger.good())).roles == {Role.DOCTOR}
    other = world.forger.signed(
        {"alg": "RS256", "kid": "other-1"}, {"iss": OTHER, "roles": ["bench"]}, world.forger.other_key
    )
    assert (await world.verifier.verify(other)).roles == {Role.TECHNICIAN}


@pytest.mark.parametrize("name", FORGERIES)
async def test_a_forged_token_is_refused(world: World, name: str) -> None:
    if (
        name == "another issuer's token"
    ):  # it is trusted in this world, and says nothing of a role that it may give
        assert (await world.verifier.verify(FORGERIES[name](world.forger))).roles == frozenset()
        return
    with pytest.raises(LaudoError) as refused:
        await world.verifier.verify(FORGERIES[name](world.forger))
    assert refused.value.kind is TOKEN_INVALID


@pytest.mark.parametrize("token", ["\u00e9.\u00e9.\u00e9", "\x00.\x00.\x00", "\ud800", " ", "a\nb.c.d"])
async def test_what_is_no_text_of_a_token_is_refused(world: World, token: str) -> None:
    with pytest.raises(LaudoError, match="token_invalid"):
        await world.verifier.verify(token)


async def test_no_token_leads_to_an_address_of_its_own_nor_to_a_storm(world: World) -> None:
    world.verifier._remembered.clear()
    await world.verifier.verify(world.forger.good())
    for forge in FORGERIES.values():
        with contextlib.suppress(LaudoError):
            await world.verifier.verify(forge(world.forger))
    assert sorted(set(world.asked)) == [OWN_KEYS, OTHER_KEYS]
    assert len(world.asked) <= 2 + 2  # once each at first, and once more at most in ten seconds
