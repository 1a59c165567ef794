"""Builds what the API, the worker and the seeder share."""

from dataclasses import dataclass
from typing import Any

from services.accounts.bootstrap.settings import Settings
from services.accounts.infrastructure.keys.custody import KmsKeyCustody
from services.accounts.infrastructure.keys.signing import JoseTokenIssuer
from services.accounts.infrastructure.keys.vault import AesGcmVault
from services.accounts.infrastructure.persistence.constraints import CONSTRAINTS
from services.accounts.infrastructure.persistence.directory import (
    PostgresAttemptLog,
    PostgresDirectory,
    PostgresMachineClients,
)
from services.accounts.infrastructure.persistence.key_store import load_signing_keys, load_vault
from services.accounts.infrastructure.persistence.transactions import PostgresTransactions
from services.accounts.infrastructure.security.authenticator import TotpAuthenticator
from services.accounts.infrastructure.security.password_hashing import Argon2PasswordHasher
from services.accounts.interface.http.front_desk import Devices
from services.shared.kernel.clock import SystemClock
from services.shared.platform.aws import aws_client
from services.shared.platform.messaging.wakeup import WakeUp, valkey_client
from services.shared.platform.postgres.database import Database, connect_database

SERVICE = "accounts"


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
    return Core(database, valkey, wakeup, vault, PostgresTransactions(database, vault, wakeup))


async def build_devices(settings: Settings, core: Core) -> Devices:
    keys = await load_signing_keys(core.database, key_custody(settings))
    return Devices(
        transactions=core.transactions,
        directory=PostgresDirectory(core.database, core.vault),
        machine_clients=PostgresMachineClients(core.database),
        attempts=PostgresAttemptLog(core.database),
        vault=core.vault,
        hasher=Argon2PasswordHasher(settings.password_threads),
        authenticator=TotpAuthenticator(),
        issuer=JoseTokenIssuer(issuer=settings.issuer, audience=settings.audience, keys=keys),
        clock=SystemClock(),
    )
