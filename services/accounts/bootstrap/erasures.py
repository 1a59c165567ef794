"""Carries out, by the clock, what people asked to be erased. It needs the keys' custody: while that is away nothing is
erased, and the worker does the rest of its work.
"""

import asyncio
from uuid import UUID

from services.accounts.application.commands.carry_out_erasure import CarryOutErasure
from services.accounts.bootstrap.settings import Settings
from services.accounts.bootstrap.wiring import Core, build_core
from services.accounts.infrastructure.persistence.erasures import PostgresErasureDirectory
from services.shared.kernel.clock import SystemClock
from services.shared.platform.logs import get_logger

_A_TURN = 50


async def carry_out(settings: Settings) -> None:
    """Run until cancelled; what fails is tried at the next turn and keeps nobody else's request waiting."""
    core: Core | None = None
    own_pool = settings.model_copy(update={"database_pool_size": 2})
    while True:
        try:
            core = core or await build_core(own_pool)
            directory = PostgresErasureDirectory(core.database)
            command = CarryOutErasure(core.transactions, directory, SystemClock())
            for erasure_id, person_id in await command.due(_A_TURN):
                await _one(command, erasure_id, person_id)
        except Exception as error:
            get_logger().warning("erasure_sweep.failed", error=type(error).__name__)
        await asyncio.sleep(settings.erasure_sweep_s)


async def _one(command: CarryOutErasure, erasure_id: UUID, person_id: UUID) -> None:
    try:
        if await command(erasure_id, person_id):
            get_logger().info("erasure.carried_out", erasure_id=erasure_id)
    except Exception as error:
        get_logger().error("erasure.failed", erasure_id=erasure_id, exc_info=error)
