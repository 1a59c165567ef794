"""The worker's process: consumers, senders, the sweeper and the audit sealer.

`python -m services.notification.bootstrap.worker`
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from zoneinfo import ZoneInfo

from pymongo.errors import PyMongoError

from services.notification.bootstrap.settings import NotificationSettings
from services.notification.bootstrap.wiring import (
    Texts,
    aws_channels,
    build_listeners,
    build_senders,
    mongo_stores,
)
from services.notification.domain.delivery import Lane
from services.notification.infrastructure.persistence.audit_chain import MongoChainStore
from services.notification.infrastructure.persistence.database import Database, connect
from services.notification.infrastructure.templates.loader import load_templates
from services.notification.interface.messaging import provider_events
from services.notification.interface.messaging.queues import effects
from services.notification.interface.schedule.sender import SenderLoop
from services.notification.interface.schedule.sweeper import sweep_for_ever
from services.shared.kernel.clock import SystemClock
from services.shared.platform.audit.wiring import build_sealer
from services.shared.platform.aws import aws_client
from services.shared.platform.messaging.consumer import SqsConsumer, SqsPoller
from services.shared.platform.messaging.wakeup import WakeUp, valkey_client
from services.shared.platform.metrics.queue_watch import QueueWatch
from services.shared.platform.process import run_worker
from services.shared.platform.topology import load_topology

SERVICE = "notification"
Loop = Coroutine[Any, Any, None]


class LaneBells:
    """One wake-up per lane, in this process at once and in others through Valkey."""

    def __init__(self, wakeups: dict[Lane, WakeUp]) -> None:
        self._wakeups = wakeups

    def ring(self, lane: Lane) -> None:
        self._wakeups[lane].ring()


async def start(settings: NotificationSettings) -> Sequence[Loop]:
    """Return the loops that make up the worker."""
    clock = SystemClock()
    database = connect(settings.mongo_url)[settings.mongo_database]
    stores = mongo_stores(database, settings)
    texts = Texts(
        templates=load_templates(),
        quiet=settings.quiet(),
        portal_url=settings.public_url,
        zone=ZoneInfo(settings.time_zone),
    )
    valkey = valkey_client(settings.redis_url)
    wakeups = {lane: WakeUp(valkey, "notification", lane.value) for lane in Lane}
    channels = aws_channels(settings, ThreadPoolExecutor(settings.send_concurrency))
    senders = build_senders(stores, texts, channels, clock)
    listeners = build_listeners(stores, texts, clock, LaneBells(wakeups))
    urgent = max(1, settings.send_concurrency // 4)
    slots = {Lane.URGENT: urgent, Lane.ORDINARY: settings.send_concurrency - urgent}
    return [
        *_pollers(settings, effects(listeners, clock), _answers(database)),
        *(wakeup.listen() for wakeup in wakeups.values()),
        *(
            SenderLoop(senders.send_due_delivery, lane, wakeups[lane], concurrency=slots[lane]).run()
            for lane in Lane
        ),
        sweep_for_ever(senders.sweep_lost_deliveries),
        build_sealer(SERVICE, MongoChainStore(database, SERVICE), settings).run(),
        QueueWatch(aws_client("sqs", settings), load_topology(), SERVICE).run(),
    ]


def _pollers(
    settings: NotificationSettings,
    effect_of: dict[str, Callable[[Any], Awaitable[str]]],
    healthy: Callable[[], Awaitable[bool]],
) -> list[Loop]:
    topology = load_topology()
    loop = asyncio.get_running_loop()
    sqs = aws_client("sqs", settings, read_timeout_s=topology.queue_settings.receive_wait_s + 10)
    return [
        SqsPoller(
            sqs,
            _consumer(queue, effect_of[queue], loop),
            topology.queue_settings,
            healthy,
        ).run()
        for queue in topology.queues_of(SERVICE)
    ]


def _consumer(
    queue: str, effect: Callable[[Any], Awaitable[str]], loop: asyncio.AbstractEventLoop
) -> SqsConsumer:
    if queue == provider_events.QUEUE:
        return SqsConsumer(
            queue,
            effect,
            types=provider_events.TYPES,
            loop=loop,
            parse=provider_events.parse_provider_event,
        )
    return SqsConsumer(queue, effect, types=load_topology().types_of(queue), loop=loop)


def _answers(database: Database) -> Callable[[], Awaitable[bool]]:
    async def healthy() -> bool:
        try:
            await asyncio.wait_for(database.command("ping"), 2)
        except (PyMongoError, TimeoutError):
            return False
        return True

    return healthy


def main() -> None:
    settings = NotificationSettings()
    run_worker(lambda: start(settings), settings, "notification-worker")


if __name__ == "__main__":
    main()
