"""A migrated accounts database and the adapters over it, for contract and integration tests."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from infra.local.provision.databases import DatabaseUrls
from services.accounts.bootstrap.migrate import migrate
from services.accounts.infrastructure.in_memory.security import InMemoryKeyCustody
from services.accounts.infrastructure.keys.vault import AesGcmVault
from services.accounts.infrastructure.persistence.constraints import CONSTRAINTS
from services.accounts.infrastructure.persistence.key_store import load_vault
from services.accounts.infrastructure.persistence.transactions import PostgresTransactions
from services.shared.platform.messaging.wakeup import WakeUp, valkey_client
from services.shared.platform.postgres.database import Database, connect_database
from services.shared.platform.revocations import RevocationPublisher
from services.shared.platform.settings import PostgresSettings
from tests.support.embedded import run_now

_CUSTODY = InMemoryKeyCustody()
_NO_VALKEY = "redis://127.0.0.1:1"  # ringing is best effort: these tests look at the outbox itself


@dataclass
class Link:
    database: Database
    vault: AesGcmVault
    transactions: PostgresTransactions


def postgres_settings(urls: DatabaseUrls) -> PostgresSettings:
    return PostgresSettings(
        database_url=urls.app,
        relay_database_url=urls.relay,
        sealer_database_url=urls.sealer,
        owner_database_url=urls.owner,
    )


def migrated(new_database: Callable[[str], DatabaseUrls]) -> DatabaseUrls:
    urls = new_database("accounts")
    run_now(migrate(postgres_settings(urls)))
    return urls


@asynccontextmanager
async def connected(urls: DatabaseUrls) -> AsyncIterator[Link]:
    database = await connect_database(urls.app, size=5, constraints=CONSTRAINTS)
    valkey = valkey_client(_NO_VALKEY)
    try:
        vault = await load_vault(database, _CUSTODY)
        yield Link(
            database,
            vault,
            PostgresTransactions(database, vault, WakeUp(valkey, "accounts"), RevocationPublisher(valkey)),
        )
    finally:
        await database.close()
        await valkey.aclose()
