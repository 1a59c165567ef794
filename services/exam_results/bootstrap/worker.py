"""The worker: outbox relay, two queues, sweeps, audit sealer. `python -m services.exam_results.bootstrap.worker`."""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from services.exam_results.application.commands.open_result import OpenResult
from services.exam_results.application.commands.record_report_file import RecordReportFile
from services.exam_results.bootstrap import audit
from services.exam_results.bootstrap.settings import Settings
from services.exam_results.bootstrap.wiring import SERVICE, Core, build_core
from services.exam_results.infrastructure.persistence.sweep import PostgresSweep
from services.exam_results.interface.messaging.effects import AccountsEffect, FilesEffect
from services.exam_results.interface.schedule.erasures import ErasureSweep
from services.exam_results.interface.schedule.sweeps import EmbargoSweep, ParkedSweep, every
from services.exam_results.interface.schedule.unsigned import UnsignedReports
from services.shared.kernel.clock import SystemClock
from services.shared.platform.aws import aws_client
from services.shared.platform.messaging.consumer import SqsConsumer, SqsPoller
from services.shared.platform.messaging.publisher import AwsPublisher
from services.shared.platform.messaging.relay import OutboxRelay
from services.shared.platform.metrics.queue_watch import QueueWatch
from services.shared.platform.postgres.database import connect_database
from services.shared.platform.postgres.inbox import PostgresInbox, SessionEffect
from services.shared.platform.postgres.outbox import PostgresOutbox
from services.shared.platform.process import run_worker
from services.shared.platform.topology import load_topology

ACCOUNTS_QUEUE = "exam-results-accounts"
FILES_QUEUE = "exam-results-files"
_LONGER_THAN_A_POLL_S = 30


async def start(settings: Settings) -> Sequence[Coroutine[Any, Any, None]]:
    core = await build_core(settings)
    inboxes = build_inboxes(core)
    return [
        core.wakeup.listen(),
        (await _relay(settings, core)).run(),
        (await audit.sealer(settings)).run(),
        *(_poller(settings, core, inbox, queue).run() for queue, inbox in inboxes.items()),
        *build_sweeps(settings, core, inboxes[FILES_QUEUE]),
        QueueWatch(aws_client("sqs", settings), load_topology(settings.aws_account_id), SERVICE).run(),
    ]


def build_inboxes(core: Core) -> dict[str, PostgresInbox]:
    """Return the inbox of each queue this service consumes."""
    work_of = core.transactions.work_of
    effects: dict[str, SessionEffect] = {
        ACCOUNTS_QUEUE: AccountsEffect(work_of),
        FILES_QUEUE: FilesEffect(work_of, RecordReportFile(SystemClock())),
    }
    return {
        queue: PostgresInbox(core.database, queue, effect, core.wakeup.ring)
        for queue, effect in effects.items()
    }


def build_sweeps(
    settings: Settings, core: Core, files_inbox: PostgresInbox
) -> list[Coroutine[Any, Any, None]]:
    clock, look = SystemClock(), PostgresSweep(core.database)

    async def due(limit: int) -> list[tuple[UUID, UUID]]:
        now: datetime = clock.now()
        return await look.due(now, limit)

    embargo = EmbargoSweep(due, core.transactions.in_clinic, OpenResult(clock))
    parked = ParkedSweep(look.parked, files_inbox.resume)
    erasures = ErasureSweep(look.to_erase, core.transactions.in_clinic, clock)
    unsigned = UnsignedReports(lambda limit: look.unsigned(clock.now(), limit))
    return [
        every(settings.embargo_sweep_s, embargo.sweep),
        every(settings.parked_sweep_s, parked.sweep),
        every(settings.erasure_sweep_s, erasures.sweep),
        every(settings.unsigned_sweep_s, unsigned.sweep),
    ]


async def _relay(settings: Settings, core: Core) -> OutboxRelay:
    outbox = await connect_database(settings.relay_database_url, size=2)
    publisher = AwsPublisher(
        aws_client("sns", settings), aws_client("sqs", settings), load_topology(settings.aws_account_id)
    )
    return OutboxRelay(PostgresOutbox(outbox.pool), publisher, core.wakeup)


def _poller(settings: Settings, core: Core, inbox: PostgresInbox, queue: str) -> SqsPoller:
    topology = load_topology()
    consumer = SqsConsumer(
        queue, inbox.apply, types=topology.types_of(queue), loop=asyncio.get_running_loop()
    )
    sqs = aws_client("sqs", settings, read_timeout_s=_LONGER_THAN_A_POLL_S)
    return SqsPoller(sqs, consumer, topology.queue_settings, partial(_database_answers, core))


async def _database_answers(core: Core) -> bool:
    try:
        await core.database.ping()
    except Exception:
        return False
    return True


def main() -> None:
    settings = Settings()
    run_worker(partial(start, settings), settings, SERVICE)


if __name__ == "__main__":
    main()
