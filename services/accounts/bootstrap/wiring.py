"""Builds what the API and the seeder share: the database, the vault, the transactions."""

from dataclasses import dataclass
from typing import Any

from services.accounts.bootstrap.settings import SERVICE, Settings
from services.accounts.infrastructure.keys.custody import KmsKeyCustody
from services.accounts.infrastructure.keys.vault import AesGcmVault
from services.accounts.infrastructure.persistence.constraints import CONSTRAINTS
from services.accounts.infrastructure.persistence.key_store import load_vault
from services.accounts.infrastructure.persistence.transactions import PostgresTransactions
from services.shared.platform.aws import aws_client
from services.shared.platform.messaging.wakeup import WakeUp, valkey_client
from services.shared.platform.postgres.database import Database, connect_database
from services.shared.platform.revocations import RevocationPublisher


@dataclass(frozen=True)
class Core:
    database: Database
    valkey: Any
    wakeup: WakeUp
    vault: AesGcmVault
    transactions: PostgresTransactions

    async def close(self) -> None:
        await self.database.close()
        await self.valkey.aclose()


def key_custody(settings: Settings) -> KmsKeyCustody:
    return KmsKeyCustody(aws_client("kms", settings), settings.identity_key)


async def build_core(settings: Settings) -> Core:
    database = await connect_database(
        settings.database_url, size=settings.database_pool_size, constraints=CONSTRAINTS
    )
    valkey = valkey_client(settings.redis_url)
    wakeup = WakeUp(valkey, SERVICE)
    vault = await load_vault(database, key_custody(settings))
    transactions = PostgresTransactions(database, vault, wakeup, RevocationPublisher(valkey))
    return Core(database, valkey, wakeup, vault, transactions)
