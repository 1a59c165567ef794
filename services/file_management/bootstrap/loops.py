"""Wires the worker: what it consumes, what it relays, what it renders with, what it seals."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from typing import Any

import httpx

from services.file_management.application.commands.close_access import CloseAccess
from services.file_management.application.commands.follow_person import FollowPerson
from services.file_management.application.commands.open_folder import OpenFolder
from services.file_management.application.commands.open_report import OpenReport
from services.file_management.application.commands.render_draft import RenderDraft
from services.file_management.application.commands.sign_report import SignReport
from services.file_management.application.ports import Folders
from services.file_management.bootstrap.dependencies import Remembered, everything_answers
from services.file_management.bootstrap.settings import WorkerSettings
from services.file_management.bootstrap.signing import build_signing
from services.file_management.bootstrap.wiring import SERVICE, build_table, table_answers
from services.file_management.infrastructure.alarm import LoggedAlarm
from services.file_management.infrastructure.announcements import announce
from services.file_management.infrastructure.dynamodb.audit_chain import DynamoChainStore
from services.file_management.infrastructure.dynamodb.folders import DynamoFolders
from services.file_management.infrastructure.dynamodb.outbox import DynamoOutbox
from services.file_management.infrastructure.dynamodb.rows import OutboxRow
from services.file_management.infrastructure.report import jobs as report_jobs
from services.file_management.infrastructure.report.press import WeasyPrintPress
from services.file_management.infrastructure.report.processes import WarmProcesses
from services.file_management.infrastructure.s3.objects import S3ReportObjects
from services.file_management.infrastructure.services.snapshots import HttpSnapshotSource
from services.file_management.infrastructure.signing import jobs as signing_jobs
from services.file_management.interface.messaging import accounts, exams
from services.shared.kernel.clock import SystemClock
from services.shared.platform.audit.wiring import build_sealer
from services.shared.platform.aws import aws_client
from services.shared.platform.messaging.consumer import Effect, SqsConsumer, SqsPoller
from services.shared.platform.messaging.publisher import AwsPublisher
from services.shared.platform.messaging.relay import OutboxRelay
from services.shared.platform.messaging.wakeup import WakeUp, valkey_client
from services.shared.platform.metrics.queue_watch import QueueWatch
from services.shared.platform.service_client import ServiceClient
from services.shared.platform.topology import load_topology

_LONGER_THAN_A_POLL_S = 30


async def start(settings: WorkerSettings) -> Sequence[Coroutine[Any, Any, None]]:
    table, topology, http = build_table(settings), load_topology(settings.aws_account_id), httpx.AsyncClient()
    s3 = aws_client("s3", settings)
    wakeup = WakeUp(valkey_client(settings.redis_url), SERVICE)
    outbox = DynamoOutbox(table, topology.topic_of(SERVICE), settings.outbox_shards)

    def committed(rows: Sequence[OutboxRow]) -> None:
        outbox.hand_over(rows)
        wakeup.ring()

    folders = DynamoFolders(table, announce, outbox.own_row, committed)
    processes = WarmProcesses(
        (*report_jobs.HEAVY_MODULES, *signing_jobs.HEAVY_MODULES),
        workers=settings.render_processes,
        timeout_s=settings.render_timeout_s,
    )
    exam_events = _exam_events(settings, folders, processes, s3, http)
    publisher = AwsPublisher(aws_client("sns", settings), aws_client("sqs", settings), topology)
    ready = Remembered(everything_answers(settings, table, s3, http))
    store_ready = Remembered(lambda: table_answers(table))
    objects = report_objects(settings, s3)
    account_events = accounts.AccountEvents(CloseAccess(folders, objects, SystemClock()))
    # As many pollers as processes keep these busy, and each takes one message only: what waits behind a report in
    # a batch is hidden from an idle poller, and from everybody for half a minute when this worker dies.
    rendering = [
        _poller(settings, exams.QUEUE, exam_events.apply, ready, batch_size=1)
        for _ in range(settings.render_processes)
    ]
    return [
        _keep_warm(processes),
        build_sealer(SERVICE, DynamoChainStore(table, SERVICE), settings).run(),
        wakeup.listen(),
        OutboxRelay(outbox, publisher, wakeup).run(),
        *(poller.run() for poller in rendering),
        _poller(settings, accounts.QUEUE, account_events.apply, store_ready).run(),
        QueueWatch(aws_client("sqs", settings), topology, SERVICE).run(),
    ]


async def _keep_warm(processes: WarmProcesses) -> None:
    """Warm the processes while the queues are polled already; end them when the worker ends."""
    try:
        await processes.start()
        await asyncio.Event().wait()
    finally:
        processes.close()


def _exam_events(
    settings: WorkerSettings, folders: Folders, processes: WarmProcesses, s3: Any, http: httpx.AsyncClient
) -> exams.ExamEvents:
    signing, clock, alarm = build_signing(settings, processes), SystemClock(), LoggedAlarm()
    press = WeasyPrintPress(processes)
    source = HttpSnapshotSource(
        ServiceClient(http, settings), exams_url=settings.exams_url, accounts_url=settings.accounts_url
    )
    objects = report_objects(settings, s3)
    return exams.ExamEvents(
        open_folder=OpenFolder(folders),
        render_draft=RenderDraft(folders, source, press, objects, alarm, clock),
        sign_report=SignReport(
            folders, source, press, signing.signer, signing.verification, objects, alarm, clock
        ),
        open_report=OpenReport(folders, objects, clock),
        follow_person=FollowPerson(folders),
    )


def report_objects(settings: WorkerSettings, s3: Any) -> S3ReportObjects:
    kms_key = load_topology().raw["buckets"][settings.bucket]["kms_key"]
    return S3ReportObjects(s3, settings.bucket, f"alias/{kms_key}")


def _poller(
    settings: WorkerSettings,
    queue: str,
    effect: Effect,
    healthy: Remembered,
    *,
    batch_size: int | None = None,
) -> SqsPoller:
    topology = load_topology()
    of_queue = topology.queue_settings
    consumer = SqsConsumer(
        queue,
        healthy.forgotten_by_failures_of(effect),
        types=topology.types_of(queue),
        loop=asyncio.get_running_loop(),
    )
    sqs = aws_client("sqs", settings, read_timeout_s=_LONGER_THAN_A_POLL_S)
    return SqsPoller(sqs, consumer, replace(of_queue, batch_size=batch_size or of_queue.batch_size), healthy)
