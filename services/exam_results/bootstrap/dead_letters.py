"""Puts the dead letters of this service's queues together with its own audit."""

from functools import partial

from services.exam_results.bootstrap.settings import Settings
from services.exam_results.bootstrap.wiring import SERVICE, Core
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.clock import SystemClock
from services.shared.kernel.principal import Principal
from services.shared.platform.aws import aws_client
from services.shared.platform.dead_letters.desk import DeadLetterDesk
from services.shared.platform.dead_letters.queues import SqsDeadLetters
from services.shared.platform.topology import load_topology


def build_dead_letters(settings: Settings, core: Core) -> DeadLetterDesk:
    queues = SqsDeadLetters(partial(aws_client, "sqs", settings), load_topology(), SERVICE)
    return DeadLetterDesk(queues, partial(_record, core), SystemClock())


async def _record(core: Core, caller: Principal, entry: AuditEntry) -> None:
    async with core.transactions.read(caller) as reads:
        await reads.audit(entry)
