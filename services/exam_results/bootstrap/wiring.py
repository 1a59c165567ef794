"""Builds what the API and the worker share: the database, the wake-up, the transactions."""

from dataclasses import dataclass
from typing import Any

from services.exam_results.bootstrap.settings import Settings
from services.exam_results.infrastructure.persistence.constraints import CONSTRAINTS
from services.exam_results.infrastructure.persistence.exam_reads import PLANNER
from services.exam_results.infrastructure.persistence.transactions import PostgresTransactions
from services.exam_results.infrastructure.reference_data.lifecycle_file import shipped_lifecycle
from services.shared.platform.messaging.wakeup import WakeUp, valkey_client
from services.shared.platform.postgres.database import Database, connect_database
from services.shared.platform.topology import load_topology

SERVICE = "exam-results"
PREFIX = "/api/v1/exams"


@dataclass(frozen=True)
class Core:
    database: Database
    valkey: Any
    wakeup: WakeUp
    transactions: PostgresTransactions

    async def close(self) -> None:
        await self.database.close()
        await self.valkey.aclose()


async def build_core(settings: Settings) -> Core:
    database = await connect_database(
        settings.database_url, size=settings.database_pool_size, constraints=CONSTRAINTS, planner=PLANNER
    )
    valkey = valkey_client(settings.redis_url)
    wakeup = WakeUp(valkey, SERVICE)
    topic = load_topology().topic_of(SERVICE)
    transactions = PostgresTransactions(database, shipped_lifecycle(), topic, wakeup.ring)
    return Core(database, valkey, wakeup, transactions)
