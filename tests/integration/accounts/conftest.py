"""Accounts on real servers."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import httpx
import pytest

from infra.local.provision.databases import DatabaseUrls
from services.accounts.bootstrap.api import build_api
from services.accounts.bootstrap.seed import seed
from services.accounts.bootstrap.settings import Settings
from services.accounts.infrastructure.persistence.directory import revoked_since
from services.shared.platform.messaging.wakeup import valkey_client
from services.shared.platform.postgres.database import connect_database
from services.shared.platform.revocations import RevocationKeeper
from tests.integration.accounts.postgres import Link, connected, migrated
from tests.support.embedded import REPOSITORY, EmbeddedAws
from tests.unit.accounts.samples import ISSUER

CLIENT_SECRET = "an-invented-secret-of-forty-odd-characters"
DEMO = REPOSITORY / "infra" / "local" / "demo"


@pytest.fixture(scope="session")
def accounts_urls(new_database: Callable[[str], DatabaseUrls]) -> DatabaseUrls:
    return migrated(new_database)


@pytest.fixture
async def link(accounts_urls: DatabaseUrls) -> AsyncIterator[Link]:
    async with connected(accounts_urls) as ready:
        yield ready


@pytest.fixture(scope="session")
def settings(
    new_database: Callable[[str], DatabaseUrls], aws: EmbeddedAws, valkey_url_of: Callable[[str], str]
) -> Iterator[Settings]:
    """The settings of a whole service of its own, migrated, with AWS credentials in the environment."""
    urls = migrated(new_database)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in aws.environment("accounts").items():
            patch.setenv(name, value)
        yield Settings(
            database_url=urls.app,
            relay_database_url=urls.relay,
            sealer_database_url=urls.sealer,
            owner_database_url=urls.owner,
            redis_url=valkey_url_of("accounts"),
            issuer=ISSUER,
            jwks_url=f"{ISSUER}/.well-known/jwks.json",
            aws_endpoint_url=aws.url,
            aws_region=aws.region,
            demo_folder=DEMO,
            limit_factor=1000,  # all tests sign the same few people in, from one address
            machine_clients={
                "file-management": {"secret": CLIENT_SECRET, "scopes": ["snapshot:read", "identifiers:read"]},
                "exam-results": {"secret": CLIENT_SECRET, "scopes": []},
            },
        )


@pytest.fixture(scope="session")
async def seeded(settings: Settings) -> Settings:
    await seed(settings)
    return settings


@asynccontextmanager
async def revocations_kept(settings: Settings) -> AsyncIterator[None]:
    """What the worker does for everybody: load ended sessions into Valkey, whoever empties it."""
    database = await connect_database(settings.database_url, size=1)
    valkey = valkey_client(settings.redis_url)
    keeper = RevocationKeeper(valkey, partial(revoked_since, database), every_s=0.1)
    await keeper.load()
    task = asyncio.create_task(keeper.run())
    yield
    task.cancel()
    await asyncio.wait([task])
    await valkey.aclose()
    await database.close()


@pytest.fixture(scope="session")
async def http(seeded: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The API as `make run` starts it, in this process, with the demonstration's people."""
    app: Any = build_api(seeded)
    async with (
        revocations_kept(seeded),
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app, client=("203.0.113.7", 1)), base_url="http://accounts"
        ) as client,
    ):
        yield client
