"""Builds the store of the audit's seals, under the sealer's own role."""

from services.exam_results.bootstrap.settings import Settings
from services.exam_results.bootstrap.wiring import SERVICE
from services.shared.platform.audit.sealer import AuditSealer
from services.shared.platform.audit.wiring import build_sealer
from services.shared.platform.postgres.audit_chain import PLANNER, PostgresChainStore
from services.shared.platform.postgres.database import connect_database


async def chain_store(settings: Settings) -> PostgresChainStore:
    database = await connect_database(settings.sealer_database_url, size=2, planner=PLANNER)
    return PostgresChainStore(database.pool, SERVICE)


async def sealer(settings: Settings) -> AuditSealer:
    return build_sealer(SERVICE, await chain_store(settings), settings)
