"""Signing keys are rotated while tokens are issued and verified: no token is refused, nobody restarts."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import httpx
import pytest

from infra.local.provision.databases import DatabaseUrls
from services.accounts.application.commands.rotate_signing_keys import RotateSigningKeys
from services.accounts.bootstrap.rotate_keys import rotate
from services.accounts.bootstrap.settings import Settings
from services.accounts.bootstrap.signing_keys import SigningKeysInUse, read_signing_keys
from services.accounts.domain.signing_schedule import ANNOUNCED_FOR, KEPT_FOR, TOKEN_LIFETIME
from services.accounts.infrastructure.in_memory.security import InMemoryKeyCustody
from services.accounts.infrastructure.keys.signing import JoseTokenIssuer, KeyRing
from services.accounts.infrastructure.persistence.signing_keys import PostgresSigningKeys
from services.shared.kernel.clock import FixedClock
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.auth import JwksTokenVerifier
from services.shared.platform.postgres.database import connect_database
from tests.integration.accounts.postgres import migrated
from tests.support.revocations import KnownRevocations
from tests.unit.accounts.samples import AUDIENCE, ISSUER

EVERY = timedelta(minutes=40)
STEP = timedelta(seconds=30)
HOURS = 3


class Installation:
    """Two API processes over one database, and what everybody else sees of them."""

    def __init__(self, store: PostgresSigningKeys, apis: list[SigningKeysInUse], clock: FixedClock) -> None:
        self.store = store
        self.apis = apis
        self.clock = clock
        self.random = Random(7)
        self.asked = 0
        self.rotate = RotateSigningKeys(store, clock, EVERY)
        self.issuers = [JoseTokenIssuer(issuer=ISSUER, audience=AUDIENCE, keys=api.ring) for api in apis]

    def verifier(self) -> JwksTokenVerifier:
        def answer(_: httpx.Request) -> httpx.Response:
            self.asked += 1
            return httpx.Response(200, json=dict(self.random.choice(self.issuers).public_keys()))

        def seconds() -> float:
            return self.clock.now().timestamp()

        return JwksTokenVerifier(
            issuer=ISSUER,
            audience=AUDIENCE,
            jwks_url="http://accounts/jwks",
            http=httpx.AsyncClient(transport=httpx.MockTransport(answer)),
            revocations=KnownRevocations(),
            seconds=seconds,
            elapsed=seconds,
        )

    def tokens(self) -> Iterator[tuple[str, datetime]]:
        """One of each process, with its end."""
        for issuer in self.issuers:
            principal = Principal(new_id(), frozenset({Role.PATIENT}))
            yield issuer.for_principal(principal, self.clock.now()).value, self.clock.now() + TOKEN_LIFETIME


@pytest.fixture
def urls(new_database: Callable[[str], DatabaseUrls]) -> DatabaseUrls:
    return migrated(new_database)


@pytest.fixture
async def installation(urls: DatabaseUrls) -> AsyncIterator[Installation]:
    database = await connect_database(urls.app, size=2)
    store = PostgresSigningKeys(database, InMemoryKeyCustody())
    apis = [SigningKeysInUse(KeyRing(await store.load()), store) for _ in range(2)]
    yield Installation(store, apis, FixedClock(datetime.now(UTC) + timedelta(seconds=1)))
    await database.close()


async def test_no_token_is_refused_while_keys_rotate(installation: Installation) -> None:
    verifiers = [installation.verifier() for _ in range(3)]
    alive: list[tuple[str, datetime]] = []
    signers: set[str] = set()
    steps = int(timedelta(hours=HOURS) / STEP)
    for step in range(steps):
        if step % 2 == 0:
            await installation.rotate.by_schedule()
        if step == steps // 3:
            await installation.rotate.announce()  # somebody's wish, between
        await installation.apis[step % 2].reread()
        now = installation.clock.now()
        new = list(installation.tokens())
        alive = [(token, end) for token, end in alive if end > now] + new
        old = installation.random.sample(alive, min(3, len(alive)))
        for verifier in verifiers:
            for token, _ in [*new, *old]:
                await verifier.verify(token)  # raises when refused
        signers |= {installation.apis[0].ring.signer(now).kid or ""}
        if step == steps // 2:
            verifiers[2] = installation.verifier()  # a process that started in between
        installation.clock.advance(STEP)
    assert len(signers) >= 4
    left = await installation.store.load()
    assert len(left) <= 2
    # Each asks every five minutes, not for every token.
    assert installation.asked <= len(verifiers) * (HOURS * 60 / 5 + 5)


async def test_a_compromised_keys_tokens_end_at_once_and_new_ones_are_accepted(
    installation: Installation,
) -> None:
    verifier = installation.verifier()
    [(old, _), *_] = installation.tokens()
    await verifier.verify(old)
    await installation.rotate.replace_at_once()
    for api in installation.apis:
        await api.reread()
    installation.clock.advance(timedelta(seconds=31))  # what was verified is remembered for as long
    for token, _ in installation.tokens():
        await verifier.verify(token)
    with pytest.raises(LaudoError, match="token_invalid"):
        await verifier.verify(old)


async def test_the_command_announces_one_key_that_the_api_publishes(seeded: Settings) -> None:
    database = await connect_database(seeded.database_url, size=1)
    try:
        in_use = await read_signing_keys(seeded, database)
        before = set(in_use.ring.known)
        now = datetime.now(UTC)
        signing = in_use.ring.signer(now).kid
        change = await rotate(seeded, compromised=False)
        assert change.new_from is not None
        assert change.new_from - now >= ANNOUNCED_FOR
        assert (await rotate(seeded, compromised=False)).new_from is None
        await in_use.reread()
        assert len(in_use.ring.known) == len(before) + 1
        assert in_use.ring.signer(now).kid == signing
        assert in_use.ring.signer(change.new_from + KEPT_FOR).kid in set(in_use.ring.known) - before
    finally:
        await database.close()
